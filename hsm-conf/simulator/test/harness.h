/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the tests have in common: the module under test, a fresh token for each test, the protocol's steps. */
#ifndef TEST_HARNESS_H
#define TEST_HARNESS_H

#include <stdbool.h>
#include <stddef.h>

#include "../src/ck.h"

/* A test is a function whose name is a sentence. It fails when one of its checks does. */
struct test {
    const char *name;
    void (*run)(void);
};
#define TEST(name) {#name, name}

void run_tests(const struct test *tests, size_t count);

/* Prints the last line. The exit code of the program. */
int test_result(void);

void check(bool good, const char *text, const char *file, int line);
void check_rv(CK_RV got, CK_RV wanted, const char *text, const char *file, int line);

#define CHECK(condition) check(condition, #condition, __FILE__, __LINE__)
#define EXPECT(wanted, call) check_rv(call, wanted, #call, __FILE__, __LINE__)
#define OK(call) EXPECT(CKR_OK, call)

/* The module, loaded from the path that the program was given. */
extern CK_FUNCTION_LIST_PTR p11;
extern const char *program;
extern const char *module;
void load_module(const char *path);

/* The vendor under test. Each test begins with no token, no faults. */
extern bool cloudhsm;
void use_vendor(const char *vendor);
const char *right_pin(void);
void start_fresh(void);
void stop(void);

/* The folder of the test: the token is in it. */
const char *path_in_folder(const char *name);

CK_RV initialise(void);
CK_SESSION_HANDLE open_session(void);
CK_RV login_with(CK_SESSION_HANDLE session, const char *pin);

/* initialise, open, log in */
CK_SESSION_HANDLE begin(void);

void sleep_ms(long milliseconds);
double seconds(void);

/* Replaces the control file by one with this text. It holds for each call from now on. */
void control(const char *text);

/* A template whose values live in it. */
struct values {
    CK_ATTRIBUTE attributes[32];
    CK_ULONG count;
    CK_ULONG numbers[4];
    CK_ULONG number_count;
};
void add_flag(struct values *to, CK_ATTRIBUTE_TYPE type, bool value);
void add_number(struct values *to, CK_ATTRIBUTE_TYPE type, CK_ULONG value);
void add_bytes(struct values *to, CK_ATTRIBUTE_TYPE type, const void *value, size_t length);
void remove_attribute(struct values *from, CK_ATTRIBUTE_TYPE type);
void set_flag(struct values *in, CK_ATTRIBUTE_TYPE type, bool value);

/* The templates of the protocol's keys, as the vendor wants them. */
void domain_key_template(struct values *out, const char *label);
void new_master_key_template(struct values *out);
void unwrapped_master_key_template(struct values *out);
void new_secret_template(struct values *out);
void unwrapped_secret_template(struct values *out);
void kek_template(struct values *out);
void rsa_template(struct values *out);
void signing_templates(struct values *public_half, struct values *private_half);
void parent_template(struct values *out, const CK_BYTE value[32]);

CK_RV generate(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE mechanism, struct values *template,
               CK_OBJECT_HANDLE *key);
CK_RV create(CK_SESSION_HANDLE session, struct values *template, CK_OBJECT_HANDLE *object);
CK_RV derive_with(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE parent, const CK_BYTE nonce[32],
                  struct values *template, CK_OBJECT_HANDLE *kek);

/* IV (in the cloudhsm dialect only), ciphertext and tag. */
#define BLOB_MAX 64
struct blob {
    CK_BYTE bytes[BLOB_MAX];
    CK_ULONG length;
};
extern CK_BYTE an_iv[12];
extern CK_BYTE an_aad[13];
CK_RV wrap_with(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE kek, CK_OBJECT_HANDLE key, struct blob *out);
CK_RV unwrap_with(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE kek, const struct blob *in, struct values *template,
                  CK_OBJECT_HANDLE *key);

/* The mechanism with its parameters, for tests that spoil them. iv is null where the HSM makes it. */
CK_MECHANISM gcm_mechanism(CK_GCM_PARAMS_V3 *parameters, CK_BYTE *iv, CK_BYTE *aad, CK_ULONG aad_length);

/* Shorthands that check what they do. */
CK_OBJECT_HANDLE a_domain_key(CK_SESSION_HANDLE session);
CK_OBJECT_HANDLE a_kek(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE parent);
CK_OBJECT_HANDLE a_secret(CK_SESSION_HANDLE session);
CK_OBJECT_HANDLE a_master_key(CK_SESSION_HANDLE session);
CK_OBJECT_HANDLE an_rsa_key(CK_SESSION_HANDLE session);
void a_signing_key(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *public_key, CK_OBJECT_HANDLE *private_key);
CK_RV wrap_oaep_with(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE rsa, CK_OBJECT_HANDLE key, CK_BYTE *out,
                     CK_ULONG *length);
CK_ULONG count_objects(CK_SESSION_HANDLE session, const char *label, CK_OBJECT_CLASS object_class,
                       CK_OBJECT_HANDLE *first);

/* The groups of tests. */
void test_protocol(void);
void test_refusals(void);
void test_templates(void);
void test_token(void);
void test_faults(void);
void test_threads(void);

/* What the second process of a test does; its exit code. */
int second_process(const char *what);

#endif
