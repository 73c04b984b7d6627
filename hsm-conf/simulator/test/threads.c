/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Many threads at once, each with a session of its own. */

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "harness.h"

#define THREADS 8
#define ROUNDS 40 /* of five operations: 200 a thread */

static CK_OBJECT_HANDLE domain_key;
static atomic_int good;
static atomic_int bad;
static atomic_bool ending;

/* One secret, sealed and opened. The first code that is not CKR_OK. */
static CK_RV seal_and_open(CK_SESSION_HANDLE session, CK_BYTE id)
{
    CK_BYTE nonce[32] = {id};
    struct values template;
    struct blob blob;
    CK_OBJECT_HANDLE kek;
    CK_OBJECT_HANDLE secret;
    CK_OBJECT_HANDLE opened;
    kek_template(&template);
    CK_RV rv = derive_with(session, domain_key, nonce, &template, &kek);
    if (rv == CKR_OK) {
        new_secret_template(&template);
        rv = generate(session, CKM_GENERIC_SECRET_KEY_GEN, &template, &secret);
    }
    if (rv == CKR_OK) {
        rv = wrap_with(session, kek, secret, &blob);
    }
    if (rv == CKR_OK) {
        unwrapped_secret_template(&template);
        rv = unwrap_with(session, kek, &blob, &template, &opened);
    }
    if (rv == CKR_OK) {
        (void)p11->C_DestroyObject(session, secret);
        (void)p11->C_DestroyObject(session, opened);
        rv = p11->C_DestroyObject(session, kek);
    }
    return rv;
}

static void *work(void *id)
{
    CK_SESSION_HANDLE session;
    if (p11->C_OpenSession(SIM_SLOT, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session) != CKR_OK) {
        return NULL;
    }
    for (int i = 0; i < ROUNDS; i++) {
        (void)atomic_fetch_add(seal_and_open(session, *(CK_BYTE *)id) == CKR_OK ? &good : &bad, 1);
    }
    (void)p11->C_CloseSession(session);
    return NULL;
}

static void run_all(void *(*function)(void *))
{
    pthread_t threads[THREADS];
    CK_BYTE ids[THREADS];
    atomic_store(&good, 0);
    atomic_store(&bad, 0);
    for (size_t i = 0; i < THREADS; i++) {
        ids[i] = (CK_BYTE)i;
        CHECK(pthread_create(&threads[i], NULL, function, &ids[i]) == 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        (void)pthread_join(threads[i], NULL);
    }
}

static void many_threads_do_not_disturb_one_another(void)
{
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    domain_key = a_domain_key(session);
    run_all(work);
    CHECK(atomic_load(&good) == THREADS * ROUNDS && atomic_load(&bad) == 0);
    stop();
}

static void *sleep_in_calls(void *id)
{
    CK_SESSION_INFO info;
    (void)id;
    for (int i = 0; i < 5; i++) {
        (void)p11->C_GetSessionInfo(1, &info);
    }
    return NULL;
}

static void calls_sleep_side_by_side(void)
{
    start_fresh();
    (void)begin();
    control("latency 40 C_GetSessionInfo\n");
    double start = seconds();
    run_all(sleep_in_calls);
    double took = seconds() - start;
    CHECK(took >= 0.2 && took < 1.3);
    stop();
}

static void *search_all_the_time(void *id)
{
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE found[50];
    struct values template = {0};
    (void)id;
    if (p11->C_OpenSession(SIM_SLOT, CKF_SERIAL_SESSION, NULL, NULL, &session) != CKR_OK) {
        return NULL;
    }
    while (!atomic_load(&ending)) {
        CK_ULONG count = 1;
        (void)p11->C_FindObjectsInit(session, template.attributes, 0);
        while (count > 0 && p11->C_FindObjects(session, found, 50, &count) == CKR_OK) {
            for (CK_ULONG i = 0; i < count; i++) {
                CK_BBOOL value = CK_FALSE;
                CK_ATTRIBUTE encrypt = {CKA_ENCRYPT, &value, sizeof value};
                CK_RV rv = p11->C_GetAttributeValue(session, found[i], &encrypt, 1);
                (void)atomic_fetch_add(rv == CKR_OK && value == CK_TRUE ? &bad : &good, 1);
            }
        }
        (void)p11->C_FindObjectsFinal(session);
    }
    return NULL;
}

/* The copies of keys that the module makes for itself may encrypt; nobody ever finds them. */
static void no_search_finds_the_modules_own_keys(void)
{
    pthread_t searcher;
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    domain_key = a_domain_key(session);
    atomic_store(&ending, false);
    atomic_store(&good, 0);
    atomic_store(&bad, 0);
    CHECK(pthread_create(&searcher, NULL, search_all_the_time, NULL) == 0);
    for (int i = 0; i < 100; i++) {
        OK(seal_and_open(session, 1));
    }
    atomic_store(&ending, true);
    (void)pthread_join(searcher, NULL);
    CHECK(atomic_load(&good) > 0 && atomic_load(&bad) == 0);
    stop();
}

/* Loses its session now and then, and opens another, as the service does. */
static void *work_on(void *id)
{
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
    while (!atomic_load(&ending)) {
        CK_RV rv = session == CK_INVALID_HANDLE ? CKR_SESSION_HANDLE_INVALID : seal_and_open(session, *(CK_BYTE *)id);
        if (rv == CKR_OK) {
            (void)atomic_fetch_add(&good, 1);
            continue;
        }
        (void)p11->C_CloseSession(session);
        session = CK_INVALID_HANDLE;
        if (p11->C_OpenSession(SIM_SLOT, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session) != CKR_OK) {
            session = CK_INVALID_HANDLE;
            sleep_ms(1);
        } else if (login_with(session, right_pin()) != CKR_OK) {
            sleep_ms(1);
        }
    }
    return NULL;
}

static void *trouble(void *unused)
{
    (void)unused;
    for (int i = 0; i < 8; i++) {
        control("drop-sessions\n");
        sleep_ms(40);
        control("device gone\n");
        sleep_ms(40);
        control("");
        sleep_ms(40);
    }
    atomic_store(&ending, true);
    return NULL;
}

static void sessions_are_lost_and_found_under_load(void)
{
    pthread_t troublemaker;
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    domain_key = a_domain_key(session);
    atomic_store(&ending, false);
    CHECK(pthread_create(&troublemaker, NULL, trouble, NULL) == 0);
    run_all(work_on);
    (void)pthread_join(troublemaker, NULL);
    CHECK(atomic_load(&good) > 0);
    session = open_session();
    CK_RV rv = login_with(session, right_pin());
    CHECK(rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN);
    OK(seal_and_open(session, 1));
    stop();
}

static void *call_whatever_happens(void *id)
{
    while (!atomic_load(&ending)) {
        CK_SESSION_HANDLE session;
        if (p11->C_OpenSession(SIM_SLOT, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session) == CKR_OK) {
            (void)login_with(session, right_pin());
            (void)seal_and_open(session, *(CK_BYTE *)id);
            (void)p11->C_CloseSession(session);
        }
    }
    return NULL;
}

static void *restart(void *unused)
{
    (void)unused;
    for (int i = 0; i < 30; i++) {
        (void)p11->C_Finalize(NULL);
        (void)initialise();
        sleep_ms(5);
    }
    atomic_store(&ending, true);
    return NULL;
}

static void calls_in_flight_survive_the_end_of_the_module(void)
{
    pthread_t restarter;
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    domain_key = a_domain_key(session);
    atomic_store(&ending, false);
    CHECK(pthread_create(&restarter, NULL, restart, NULL) == 0);
    run_all(call_whatever_happens);
    (void)pthread_join(restarter, NULL);
    stop();
}

void test_threads(void)
{
    static const struct test tests[] = {
        TEST(many_threads_do_not_disturb_one_another),
        TEST(calls_sleep_side_by_side),
        TEST(no_search_finds_the_modules_own_keys),
        TEST(sessions_are_lost_and_found_under_load),
        TEST(calls_in_flight_survive_the_end_of_the_module),
    };
    run_tests(tests, sizeof tests / sizeof tests[0]);
}
