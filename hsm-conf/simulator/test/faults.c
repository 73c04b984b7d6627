/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Each directive of the control file and of SK_SIMULATOR_FAULTS. */

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

static CK_RV random_bytes(CK_SESSION_HANDLE session)
{
    CK_BYTE bytes[8];
    return p11->C_GenerateRandom(session, bytes, sizeof bytes);
}

static void latency_is_slept_in_each_call(void)
{
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    control("latency 30.5\n");
    double start = seconds();
    OK(random_bytes(session));
    OK(random_bytes(session));
    double took = seconds() - start;
    CHECK(took >= 0.061);
    control("latency 2000 C_Sign # of this function only\n");
    start = seconds();
    OK(random_bytes(session));
    CHECK(seconds() - start < 1.5);
    control("");
    stop();
}

static void latency_at_the_start_comes_from_the_environment(void)
{
    start_fresh();
    (void)setenv("SK_SIMULATOR_FAULTS", "latency 60 C_Initialize; latency 40 C_Finalize", 1);
    double start = seconds();
    OK(initialise());
    CHECK(seconds() - start >= 0.06);
    start = seconds();
    stop();
    CHECK(seconds() - start >= 0.04);
}

static void the_nth_call_fails_and_the_next_does_not(void)
{
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    OK(random_bytes(session));
    control("fail C_GenerateRandom 2 CKR_DEVICE_MEMORY\n");
    OK(random_bytes(session));
    EXPECT(CKR_DEVICE_MEMORY, random_bytes(session));
    OK(random_bytes(session));
    control("fail C_GenerateRandom 1 0x80000123\nfail C_GenerateRandom 2 CKR_FUNCTION_FAILED");
    EXPECT(0x80000123, random_bytes(session));
    EXPECT(CKR_FUNCTION_FAILED, random_bytes(session));
    OK(random_bytes(session));
    stop();
}

static void each_call_fails_until_the_directive_is_gone(void)
{
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    control("fail C_GenerateRandom * CKR_DEVICE_ERROR\n");
    EXPECT(CKR_DEVICE_ERROR, random_bytes(session));
    EXPECT(CKR_DEVICE_ERROR, random_bytes(session));
    OK(p11->C_CloseSession(open_session()));
    control("# nothing\n");
    OK(random_bytes(session));
    stop();
}

static void a_failed_call_has_done_nothing(void)
{
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    control("fail C_GenerateKey 1 CKR_DEVICE_ERROR\nfail C_CloseSession 1 CKR_DEVICE_ERROR\n");
    struct values template;
    CK_OBJECT_HANDLE key;
    domain_key_template(&template, "domain_key");
    EXPECT(CKR_DEVICE_ERROR, generate(session, CKM_AES_KEY_GEN, &template, &key));
    CHECK(count_objects(session, "domain_key", CKO_SECRET_KEY, NULL) == 0);
    EXPECT(CKR_DEVICE_ERROR, p11->C_CloseSession(session));
    OK(p11->C_CloseSession(session));
    stop();
}

static void the_start_can_be_made_to_fail(void)
{
    start_fresh();
    (void)setenv("SK_SIMULATOR_FAULTS", "fail C_Initialize * CKR_DEVICE_ERROR", 1);
    EXPECT(CKR_DEVICE_ERROR, initialise());
    (void)unsetenv("SK_SIMULATOR_FAULTS");
    OK(initialise());
    stop();
}

struct hanging {
    CK_SESSION_HANDLE session;
    atomic_bool begun;
    atomic_bool done;
    CK_RV rv;
};

static void *call_that_hangs(void *argument)
{
    struct hanging *hanging = argument;
    atomic_store(&hanging->begun, true);
    hanging->rv = random_bytes(hanging->session);
    atomic_store(&hanging->done, true);
    return NULL;
}

/* A thread makes the call, and is in it. */
static pthread_t begin_to_hang(struct hanging *hanging)
{
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, call_that_hangs, hanging) == 0);
    while (!atomic_load(&hanging->begun)) {
        sleep_ms(1);
    }
    sleep_ms(100);
    return thread;
}

static void a_call_hangs_until_the_directive_is_gone(void)
{
    start_fresh();
    struct hanging hanging = {.session = begin()};
    CK_SESSION_HANDLE other = open_session();
    control("hang C_GenerateRandom 1\n");
    pthread_t thread = begin_to_hang(&hanging);
    CHECK(!atomic_load(&hanging.done));
    /* The others go on. */
    OK(random_bytes(other));
    control("hang C_GenerateRandom 1\nlatency 1\n");
    sleep_ms(50);
    CHECK(!atomic_load(&hanging.done));
    control("");
    (void)pthread_join(thread, NULL);
    OK(hanging.rv);
    stop();
}

static void a_call_that_hung_over_a_restart_is_refused(void)
{
    start_fresh();
    /* The first use of a token takes a session handle more. */
    (void)begin();
    stop();
    struct hanging hanging = {.session = begin()};
    control("hang C_GenerateRandom *\n");
    pthread_t thread = begin_to_hang(&hanging);
    stop();
    control("");
    CK_SESSION_HANDLE session = begin();
    (void)pthread_join(thread, NULL);
    EXPECT(CKR_CRYPTOKI_NOT_INITIALIZED, hanging.rv);
    CHECK(session == hanging.session);
    stop();
}

static void the_number_of_sessions_is_limited(void)
{
    CK_SESSION_HANDLE session;
    CK_TOKEN_INFO info;
    start_fresh();
    CK_SESSION_HANDLE first = begin();
    control("max-sessions 2\n");
    (void)open_session();
    EXPECT(CKR_SESSION_COUNT, p11->C_OpenSession(SIM_SLOT, CKF_SERIAL_SESSION, NULL, NULL, &session));
    OK(p11->C_GetTokenInfo(SIM_SLOT, &info));
    CHECK(info.ulSessionCount == 2 && info.ulMaxSessionCount == 2);
    OK(p11->C_CloseSession(first));
    (void)open_session();
    EXPECT(CKR_SESSION_COUNT, p11->C_OpenSession(SIM_SLOT, CKF_SERIAL_SESSION, NULL, NULL, &session));
    OK(p11->C_CloseAllSessions(SIM_SLOT));
    (void)open_session();
    (void)open_session();
    control("");
    (void)open_session();
    stop();
}

static void a_device_that_comes_back_has_lost_sessions_and_login(void)
{
    CK_SLOT_ID slot;
    CK_ULONG count = 1;
    CK_SLOT_INFO slot_info;
    CK_INFO info;
    struct blob blob;
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    CK_OBJECT_HANDLE kek = a_kek(session, a_domain_key(session));
    control("device gone\n");
    EXPECT(CKR_DEVICE_REMOVED, random_bytes(session));
    EXPECT(CKR_DEVICE_REMOVED, p11->C_OpenSession(SIM_SLOT, CKF_SERIAL_SESSION, NULL, NULL, &session));
    OK(p11->C_GetInfo(&info));
    OK(p11->C_GetSlotList(CK_TRUE, &slot, &count));
    CHECK(count == 0);
    OK(p11->C_GetSlotInfo(SIM_SLOT, &slot_info));
    CHECK((slot_info.flags & CKF_TOKEN_PRESENT) == 0);
    control("");
    EXPECT(CKR_SESSION_HANDLE_INVALID, random_bytes(session));
    EXPECT(CKR_SESSION_HANDLE_INVALID, p11->C_CloseSession(session));
    CK_SESSION_HANDLE fresh = open_session();
    CHECK(fresh != session);
    CHECK(count_objects(fresh, "domain_key", CKO_SECRET_KEY, NULL) == 0);
    OK(login_with(fresh, right_pin()));
    CHECK(count_objects(fresh, "domain_key", CKO_SECRET_KEY, NULL) == 1);
    EXPECT(CKR_WRAPPING_KEY_HANDLE_INVALID, wrap_with(fresh, kek, a_secret(fresh), &blob));
    stop();
}

/* Nobody calls while the device is away. */
static void a_device_that_was_away_unseen_has_lost_its_sessions_too(void)
{
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    control("device gone\n");
    sleep_ms(300);
    control("");
    EXPECT(CKR_SESSION_HANDLE_INVALID, random_bytes(session));
    stop();
}

static void a_device_may_want_the_library_initialised_again(void)
{
    CK_SESSION_HANDLE session;
    start_fresh();
    (void)begin();
    control("device gone reinitialise\n");
    EXPECT(CKR_DEVICE_REMOVED, p11->C_OpenSession(SIM_SLOT, CKF_SERIAL_SESSION, NULL, NULL, &session));
    control("");
    EXPECT(CKR_DEVICE_ERROR, p11->C_OpenSession(SIM_SLOT, CKF_SERIAL_SESSION, NULL, NULL, &session));
    EXPECT(CKR_DEVICE_ERROR, p11->C_OpenSession(SIM_SLOT, CKF_SERIAL_SESSION, NULL, NULL, &session));
    stop();
    OK(random_bytes(begin()));
    stop();
}

static void initialising_while_the_device_is_away_does_not_help(void)
{
    CK_SESSION_HANDLE session;
    start_fresh();
    (void)begin();
    control("device gone reinitialise\n");
    stop();
    OK(initialise());
    EXPECT(CKR_DEVICE_REMOVED, p11->C_OpenSession(SIM_SLOT, CKF_SERIAL_SESSION, NULL, NULL, &session));
    control("");
    EXPECT(CKR_DEVICE_ERROR, p11->C_OpenSession(SIM_SLOT, CKF_SERIAL_SESSION, NULL, NULL, &session));
    stop();
    OK(random_bytes(begin()));
    stop();
}

static void dropped_sessions_are_dropped_once(void)
{
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    control("drop-sessions\n");
    EXPECT(CKR_SESSION_HANDLE_INVALID, random_bytes(session));
    session = open_session();
    OK(login_with(session, right_pin()));
    sleep_ms(50);
    OK(random_bytes(session));
    control("drop-sessions\n");
    EXPECT(CKR_SESSION_HANDLE_INVALID, random_bytes(session));
    stop();
}

static void an_unknown_directive_stops_the_start(void)
{
    static const char *const wrong[] = {
        "explode",
        "latency",
        "latency fast",
        "latency -1",
        "latency 1 C_NoSuchFunction",
        "fail C_Sign 0 CKR_DEVICE_ERROR",
        "fail C_Sign 1 CKR_NO_SUCH_CODE",
        "fail C_Sign 1",
        "hang C_Sign",
        "hang C_Initialize 1",
        "max-sessions 0",
        "device",
        "device here",
        "device gone for good now",
        "drop-sessions 1",
    };
    start_fresh();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        (void)setenv("SK_SIMULATOR_FAULTS", wrong[i], 1);
        EXPECT(CKR_GENERAL_ERROR, initialise());
    }
    (void)setenv("SK_SIMULATOR_FAULTS", " ; # a comment\n\n; latency 0", 1);
    OK(initialise());
    stop();
    (void)unsetenv("SK_SIMULATOR_FAULTS");
    control("explode\n");
    EXPECT(CKR_GENERAL_ERROR, initialise());
}

static void an_unknown_directive_later_is_left_out(void)
{
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    control("explode\nfail C_GenerateRandom 1 CKR_DEVICE_ERROR\n");
    EXPECT(CKR_DEVICE_ERROR, random_bytes(session));
    OK(random_bytes(session));
    stop();
}

static void the_environment_and_the_file_hold_together(void)
{
    start_fresh();
    (void)setenv("SK_SIMULATOR_FAULTS", "fail C_GetSessionInfo * CKR_DEVICE_ERROR", 1);
    CK_SESSION_HANDLE session = begin();
    CK_SESSION_INFO info;
    EXPECT(CKR_DEVICE_ERROR, p11->C_GetSessionInfo(session, &info));
    control("fail C_GenerateRandom * CKR_DEVICE_ERROR\n");
    EXPECT(CKR_DEVICE_ERROR, random_bytes(session));
    EXPECT(CKR_DEVICE_ERROR, p11->C_GetSessionInfo(session, &info));
    stop();
}

void test_faults(void)
{
    static const struct test tests[] = {
        TEST(latency_is_slept_in_each_call),
        TEST(latency_at_the_start_comes_from_the_environment),
        TEST(the_nth_call_fails_and_the_next_does_not),
        TEST(each_call_fails_until_the_directive_is_gone),
        TEST(a_failed_call_has_done_nothing),
        TEST(the_start_can_be_made_to_fail),
        TEST(a_call_hangs_until_the_directive_is_gone),
        TEST(a_call_that_hung_over_a_restart_is_refused),
        TEST(the_number_of_sessions_is_limited),
        TEST(a_device_that_comes_back_has_lost_sessions_and_login),
        TEST(a_device_that_was_away_unseen_has_lost_its_sessions_too),
        TEST(a_device_may_want_the_library_initialised_again),
        TEST(initialising_while_the_device_is_away_does_not_help),
        TEST(dropped_sessions_are_dropped_once),
        TEST(an_unknown_directive_stops_the_start),
        TEST(an_unknown_directive_later_is_left_out),
        TEST(the_environment_and_the_file_hold_together),
    };
    run_tests(tests, sizeof tests / sizeof tests[0]);
}
