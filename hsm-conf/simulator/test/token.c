/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The token's folder, its PIN, its objects over restarts and processes; the module's own start and end. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

static void a_token_is_made_on_first_use(void)
{
    struct stat status;
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    CHECK(count_objects(session, "domain_key", CKO_SECRET_KEY, NULL) == 0);
    CHECK(stat(path_in_folder("it's a token"), &status) == 0 && (status.st_mode & 0777) == 0700);
    CHECK(stat(path_in_folder("it's a token/key4.db"), &status) == 0 && (status.st_mode & 0777) == 0600);
    stop();
}

static void the_pin_is_read_on_first_use_only(void)
{
    start_fresh();
    (void)begin();
    stop();
    (void)setenv("SK_SIMULATOR_PIN", cloudhsm ? "another:pin" : "another", 1);
    (void)begin();
    stop();
    (void)unsetenv("SK_SIMULATOR_PIN");
    (void)begin();
    stop();
}

static void a_first_use_without_a_pin_is_refused_and_leaves_nothing(void)
{
    struct stat status;
    start_fresh();
    (void)unsetenv("SK_SIMULATOR_PIN");
    EXPECT(CKR_GENERAL_ERROR, initialise());
    CHECK(stat(path_in_folder("it's a token/key4.db"), &status) != 0);
    (void)setenv("SK_SIMULATOR_PIN", right_pin(), 1);
    (void)begin();
    stop();
}

static void a_missing_or_wrong_setting_is_refused(void)
{
    start_fresh();
    (void)setenv("SK_SIMULATOR_VENDOR", "unheard-of", 1);
    EXPECT(CKR_GENERAL_ERROR, initialise());
    use_vendor(cloudhsm ? "cloudhsm" : "proteccio");
    (void)unsetenv("SK_SIMULATOR_TOKEN");
    EXPECT(CKR_GENERAL_ERROR, initialise());
    (void)setenv("SK_SIMULATOR_TOKEN", path_in_folder("no/such/folder"), 1);
    EXPECT(CKR_GENERAL_ERROR, initialise());
}

static void a_wrong_pin_is_told(void)
{
    start_fresh();
    OK(initialise());
    CK_SESSION_HANDLE session = open_session();
    EXPECT(CKR_PIN_INCORRECT, login_with(session, cloudhsm ? "crypto_user:wrong" : "wrong"));
    EXPECT(CKR_PIN_INCORRECT, login_with(session, ""));
    EXPECT(CKR_USER_TYPE_INVALID, p11->C_Login(session, CKU_SO, (CK_UTF8CHAR *)(uintptr_t) "", 0));
    OK(login_with(session, right_pin()));
    stop();
}

static void a_cloudhsm_pin_has_a_user(void)
{
    start_fresh();
    OK(initialise());
    CK_SESSION_HANDLE session = open_session();
    EXPECT(CKR_PIN_INCORRECT, login_with(session, "a-password"));
    EXPECT(CKR_PIN_INCORRECT, login_with(session, ":a-password"));
    EXPECT(CKR_PIN_INCORRECT, login_with(session, "crypto_user:"));
    stop();
    if (cloudhsm) {
        start_fresh();
        (void)setenv("SK_SIMULATOR_PIN", "no-user", 1);
        EXPECT(CKR_GENERAL_ERROR, initialise());
    }
}

static void a_second_login_is_told_whatever_its_pin(void)
{
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    EXPECT(CKR_USER_ALREADY_LOGGED_IN, login_with(session, right_pin()));
    EXPECT(CKR_USER_ALREADY_LOGGED_IN, login_with(session, "wrong"));
    EXPECT(CKR_USER_ALREADY_LOGGED_IN, login_with(open_session(), "wrong:too"));
    stop();
}

static void closing_the_last_session_logs_out(void)
{
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    OK(p11->C_CloseSession(session));
    OK(login_with(open_session(), right_pin()));
    OK(p11->C_CloseAllSessions(SIM_SLOT));
    OK(login_with(open_session(), right_pin()));
    stop();
}

static void objects_are_found_by_label_and_class(void)
{
    struct values template;
    CK_OBJECT_HANDLE key;
    CK_OBJECT_HANDLE found = 0;
    CK_OBJECT_HANDLE public_key;
    CK_OBJECT_HANDLE private_key;
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    CK_OBJECT_HANDLE domain_key = a_domain_key(session);
    a_signing_key(session, &public_key, &private_key);
    CHECK(count_objects(session, "domain_key", CKO_SECRET_KEY, &found) == 1 && found == domain_key);
    CHECK(count_objects(session, "domain_key", CKO_PRIVATE_KEY, NULL) == 0);
    CHECK(count_objects(session, "sig_key", CKO_PRIVATE_KEY, &found) == 1 && found == private_key);
    CHECK(count_objects(session, "sig_key_pub", CKO_PUBLIC_KEY, &found) == 1 && found == public_key);
    domain_key_template(&template, "domain_key");
    OK(generate(session, CKM_AES_KEY_GEN, &template, &key));
    CHECK(count_objects(session, "domain_key", CKO_SECRET_KEY, NULL) == 2);
    stop();
}

static void expect_flag(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, CK_ATTRIBUTE_TYPE type, bool wanted)
{
    CK_BBOOL value = 9;
    CK_ATTRIBUTE attribute = {type, &value, sizeof value};
    OK(p11->C_GetAttributeValue(session, key, &attribute, 1));
    CHECK(value == (wanted ? CK_TRUE : CK_FALSE));
}

static void attributes_and_refusals_outlive_a_restart(void)
{
    static const CK_ATTRIBUTE_TYPE forbidden[] = {CKA_EXTRACTABLE, CKA_MODIFIABLE, CKA_ENCRYPT, CKA_DECRYPT,
                                                  CKA_SIGN,        CKA_VERIFY,     CKA_WRAP,    CKA_UNWRAP};
    CK_OBJECT_HANDLE key = 0;
    struct blob blob;
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    (void)a_domain_key(session);
    stop();
    session = begin();
    CHECK(count_objects(session, "domain_key", CKO_SECRET_KEY, &key) == 1);
    expect_flag(session, key, CKA_TOKEN, true);
    expect_flag(session, key, CKA_PRIVATE, true);
    expect_flag(session, key, CKA_SENSITIVE, true);
    expect_flag(session, key, CKA_DERIVE, true);
    for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0]; i++) {
        expect_flag(session, key, forbidden[i], false);
    }
    EXPECT(CKR_KEY_FUNCTION_NOT_PERMITTED, wrap_with(session, key, a_secret(session), &blob));
    EXPECT(CKR_KEY_UNEXTRACTABLE, wrap_with(session, a_kek(session, key), key, &blob));
    stop();
}

int second_process(const char *what)
{
    CK_SESSION_HANDLE session = begin();
    if (strcmp(what, "find") == 0) {
        return (int)count_objects(session, "domain_key", CKO_SECRET_KEY, NULL);
    }
    (void)a_domain_key(session);
    return 0;
}

/* Its exit code. */
static int run_second_process(const char *what)
{
    pid_t child = fork();
    if (child == 0) {
        (void)execl(program, program, module, cloudhsm ? "cloudhsm" : "proteccio", what, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    (void)waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void two_processes_share_a_token(void)
{
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    CHECK(run_second_process("find") == 0);
    (void)a_domain_key(session);
    CHECK(run_second_process("find") == 1);
    CHECK(run_second_process("make") == 0);
    CHECK(count_objects(session, "domain_key", CKO_SECRET_KEY, NULL) == 2);
    stop();
}

static void calls_before_the_start_are_refused(void)
{
    CK_INFO info;
    CK_SESSION_HANDLE session;
    start_fresh();
    EXPECT(CKR_CRYPTOKI_NOT_INITIALIZED, p11->C_GetInfo(&info));
    EXPECT(CKR_CRYPTOKI_NOT_INITIALIZED, p11->C_OpenSession(SIM_SLOT, CKF_SERIAL_SESSION, NULL, NULL, &session));
    EXPECT(CKR_CRYPTOKI_NOT_INITIALIZED, p11->C_Finalize(NULL));
    OK(initialise());
    EXPECT(CKR_CRYPTOKI_ALREADY_INITIALIZED, initialise());
    stop();
}

static void arguments_of_the_start_are_checked(void)
{
    CK_C_INITIALIZE_ARGS reserved = {.flags = CKF_OS_LOCKING_OK, .LibraryParameters = (CK_CHAR_PTR *)&reserved};
    start_fresh();
    EXPECT(CKR_ARGUMENTS_BAD, p11->C_Initialize(&reserved));
    EXPECT(CKR_ARGUMENTS_BAD, p11->C_Finalize(&reserved));
    OK(p11->C_Initialize(NULL));
    stop();
}

static void there_is_one_slot(void)
{
    CK_SLOT_ID slots[4];
    CK_SLOT_INFO info;
    CK_ULONG count = 0;
    start_fresh();
    OK(initialise());
    OK(p11->C_GetSlotList(CK_TRUE, NULL, &count));
    CHECK(count == 1);
    OK(p11->C_GetSlotList(CK_TRUE, slots, &count));
    CHECK(slots[0] == 2);
    count = 0;
    EXPECT(CKR_BUFFER_TOO_SMALL, p11->C_GetSlotList(CK_FALSE, slots, &count));
    OK(p11->C_GetSlotInfo(SIM_SLOT, &info));
    CHECK((info.flags & CKF_TOKEN_PRESENT) != 0);
    EXPECT(CKR_SLOT_ID_INVALID, p11->C_GetSlotInfo(1, &info));
    stop();
}

static void it_starts_and_ends_many_times(void)
{
    struct blob blob;
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    (void)a_domain_key(session);
    stop();
    for (int i = 0; i < 50; i++) {
        CK_OBJECT_HANDLE domain_key = 0;
        session = begin();
        CHECK(count_objects(session, "domain_key", CKO_SECRET_KEY, &domain_key) == 1);
        OK(wrap_with(session, a_kek(session, domain_key), a_secret(session), &blob));
        stop();
    }
}

/* The danger is real: after a restart an old handle can mean another key. */
static void a_stale_handle_can_mean_another_key_after_a_restart(void)
{
    struct blob blob;
    struct values template;
    CK_OBJECT_HANDLE opened;
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    (void)a_domain_key(session);
    stop();
    session = begin();
    CK_OBJECT_HANDLE domain_key = 0;
    CHECK(count_objects(session, "domain_key", CKO_SECRET_KEY, &domain_key) == 1);
    CK_OBJECT_HANDLE first = a_kek(session, domain_key);
    OK(wrap_with(session, first, a_secret(session), &blob));
    stop();
    CK_SESSION_HANDLE again = begin();
    static const CK_BYTE nonce[32] = {99};
    CK_OBJECT_HANDLE second;
    kek_template(&template);
    OK(derive_with(again, domain_key, nonce, &template, &second));
    CHECK(again == session);
    CHECK(second == first);
    unwrapped_secret_template(&template);
    EXPECT(CKR_ENCRYPTED_DATA_INVALID, unwrap_with(session, first, &blob, &template, &opened));
    stop();
}

void test_token(void)
{
    static const struct test tests[] = {
        TEST(a_token_is_made_on_first_use),
        TEST(the_pin_is_read_on_first_use_only),
        TEST(a_first_use_without_a_pin_is_refused_and_leaves_nothing),
        TEST(a_missing_or_wrong_setting_is_refused),
        TEST(a_wrong_pin_is_told),
        TEST(a_cloudhsm_pin_has_a_user),
        TEST(a_second_login_is_told_whatever_its_pin),
        TEST(closing_the_last_session_logs_out),
        TEST(objects_are_found_by_label_and_class),
        TEST(attributes_and_refusals_outlive_a_restart),
        TEST(two_processes_share_a_token),
        TEST(calls_before_the_start_are_refused),
        TEST(arguments_of_the_start_are_checked),
        TEST(there_is_one_slot),
        TEST(it_starts_and_ends_many_times),
        TEST(a_stale_handle_can_mean_another_key_after_a_restart),
    };
    run_tests(tests, sizeof tests / sizeof tests[0]);
}
