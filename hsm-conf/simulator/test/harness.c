/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "harness.h"

#include <dirent.h>
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

CK_FUNCTION_LIST_PTR p11;
const char *program;
const char *module;
bool cloudhsm;
CK_BYTE an_iv[12] = {0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xcb};
CK_BYTE an_aad[13] = "AAD:vpc_idvpc";

static int passed;
static int failed;
static bool failing;
static char folder[64];

void check(bool good, const char *text, const char *file, int line)
{
    if (!good) {
        failing = true;
        printf("  %s:%d: not so: %s\n", file, line, text);
    }
}

void check_rv(CK_RV got, CK_RV wanted, const char *text, const char *file, int line)
{
    if (got != wanted) {
        failing = true;
        printf("  %s:%d: 0x%lx, not 0x%lx: %s\n", file, line, got, wanted, text);
    }
}

static void print_sentence(const char *name)
{
    for (; *name != '\0'; name++) {
        (void)putchar(*name == '_' ? ' ' : *name);
    }
    printf(" (%s)\n", cloudhsm ? "cloudhsm" : "proteccio");
}

void run_tests(const struct test *tests, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        failing = false;
        tests[i].run();
        printf("%s ", failing ? "FAIL" : "ok");
        print_sentence(tests[i].name);
        (void)fflush(stdout);
        *(failing ? &failed : &passed) += 1;
    }
}

int test_result(void)
{
    printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 && passed > 0 ? 0 : 1;
}

void load_module(const char *path)
{
    module = path;
    void *library = dlopen(path, RTLD_NOW);
    void *symbol = library != NULL ? dlsym(library, "C_GetFunctionList") : NULL;
    CK_C_GetFunctionList get_list;
    memcpy(&get_list, &symbol, sizeof get_list);
    if (symbol == NULL || get_list(&p11) != CKR_OK) {
        (void)fprintf(stderr, "cannot load %s: %s\n", path, dlerror());
        exit(2);
    }
}

void use_vendor(const char *vendor)
{
    cloudhsm = strcmp(vendor, "cloudhsm") == 0;
    (void)setenv("SK_SIMULATOR_VENDOR", vendor, 1);
}

const char *right_pin(void)
{
    return cloudhsm ? "crypto_user:a-password" : "12345678";
}

const char *path_in_folder(const char *name)
{
    static char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void remove_tree(const char *path)
{
    DIR *directory = opendir(path);
    if (directory != NULL) {
        struct dirent *entry;
        while ((entry = readdir(directory)) != NULL) {
            char inner[512];
            if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
                (void)snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
                remove_tree(inner);
            }
        }
        (void)closedir(directory);
    }
    (void)remove(path);
}

static void remove_folder(void)
{
    if (folder[0] != '\0') {
        remove_tree(folder);
        folder[0] = '\0';
    }
}

void start_fresh(void)
{
    static bool registered;
    if (!registered) {
        registered = atexit(remove_folder) == 0;
    }
    remove_folder();
    (void)strcpy(folder, "/tmp/sk-simulator-test-XXXXXX");
    if (mkdtemp(folder) == NULL) {
        perror("mkdtemp");
        exit(2);
    }
    (void)setenv("SK_SIMULATOR_TOKEN", path_in_folder("it's a token"), 1);
    (void)setenv("SK_SIMULATOR_PIN", right_pin(), 1);
    (void)setenv("SK_SIMULATOR_CONTROL", path_in_folder("control"), 1);
    (void)unsetenv("SK_SIMULATOR_FAULTS");
    (void)unsetenv("SK_SIMULATOR_IMPORT");
}

void stop(void)
{
    OK(p11->C_Finalize(NULL));
}

CK_RV initialise(void)
{
    CK_C_INITIALIZE_ARGS arguments = {.flags = CKF_OS_LOCKING_OK};
    return p11->C_Initialize(&arguments);
}

CK_SESSION_HANDLE open_session(void)
{
    CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
    OK(p11->C_OpenSession(SIM_SLOT, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session));
    return session;
}

CK_RV login_with(CK_SESSION_HANDLE session, const char *pin)
{
    return p11->C_Login(session, CKU_USER, (CK_UTF8CHAR *)(uintptr_t)pin, strlen(pin));
}

CK_SESSION_HANDLE begin(void)
{
    OK(initialise());
    CK_SESSION_HANDLE session = open_session();
    OK(login_with(session, right_pin()));
    return session;
}

void sleep_ms(long milliseconds)
{
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    (void)nanosleep(&time, NULL);
}

double seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void control(const char *text)
{
    char written[160];
    (void)snprintf(written, sizeof written, "%s.new", path_in_folder("control"));
    FILE *file = fopen(written, "w");
    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0
        || rename(written, path_in_folder("control")) != 0) {
        perror(written);
        exit(2);
    }
}

void add_bytes(struct values *to, CK_ATTRIBUTE_TYPE type, const void *value, size_t length)
{
    to->attributes[to->count++] = (CK_ATTRIBUTE){type, (void *)(uintptr_t)value, length};
}

void add_flag(struct values *to, CK_ATTRIBUTE_TYPE type, bool value)
{
    static const CK_BBOOL yes = CK_TRUE;
    static const CK_BBOOL no = CK_FALSE;
    add_bytes(to, type, value ? &yes : &no, sizeof yes);
}

void add_number(struct values *to, CK_ATTRIBUTE_TYPE type, CK_ULONG value)
{
    to->numbers[to->number_count] = value;
    add_bytes(to, type, &to->numbers[to->number_count++], sizeof value);
}

void remove_attribute(struct values *from, CK_ATTRIBUTE_TYPE type)
{
    for (CK_ULONG i = 0; i < from->count; i++) {
        if (from->attributes[i].type == type) {
            from->attributes[i] = from->attributes[--from->count];
            return;
        }
    }
    CHECK(!"the template has the attribute");
}

void set_flag(struct values *in, CK_ATTRIBUTE_TYPE type, bool value)
{
    remove_attribute(in, type);
    add_flag(in, type, value);
}

/* A secret key of the protocol; the uses are those of the list, ended by 0 (CKA_CLASS). */
static void secret_key_template(struct values *out, CK_KEY_TYPE type, bool extractable, const CK_ATTRIBUTE_TYPE *uses)
{
    static const CK_ATTRIBUTE_TYPE all[] = {CKA_ENCRYPT, CKA_DECRYPT, CKA_SIGN,  CKA_VERIFY,
                                            CKA_WRAP,    CKA_UNWRAP,  CKA_DERIVE};
    memset(out, 0, sizeof *out);
    add_number(out, CKA_CLASS, CKO_SECRET_KEY);
    add_number(out, CKA_KEY_TYPE, type);
    add_flag(out, CKA_PRIVATE, true);
    add_flag(out, CKA_SENSITIVE, true);
    add_flag(out, CKA_EXTRACTABLE, extractable);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        bool on = false;
        for (const CK_ATTRIBUTE_TYPE *use = uses; *use != 0; use++) {
            on = on || *use == all[i];
        }
        add_flag(out, all[i], on);
    }
}

void domain_key_template(struct values *out, const char *label)
{
    secret_key_template(out, CKK_AES, false, (CK_ATTRIBUTE_TYPE[]){CKA_DERIVE, 0});
    add_number(out, CKA_VALUE_LEN, 32);
    add_flag(out, CKA_TOKEN, true);
    add_flag(out, CKA_MODIFIABLE, false);
    add_bytes(out, CKA_LABEL, label, strlen(label));
}

void new_master_key_template(struct values *out)
{
    secret_key_template(out, CKK_AES, true, (CK_ATTRIBUTE_TYPE[]){0});
    add_number(out, CKA_VALUE_LEN, 32);
}

void unwrapped_master_key_template(struct values *out)
{
    secret_key_template(out, CKK_AES, false, (CK_ATTRIBUTE_TYPE[]){CKA_DERIVE, 0});
}

void new_secret_template(struct values *out)
{
    secret_key_template(out, CKK_GENERIC_SECRET, true, (CK_ATTRIBUTE_TYPE[]){CKA_DERIVE, 0});
    add_number(out, CKA_VALUE_LEN, 32);
}

void unwrapped_secret_template(struct values *out)
{
    secret_key_template(out, CKK_GENERIC_SECRET, true, (CK_ATTRIBUTE_TYPE[]){CKA_DERIVE, 0});
}

void kek_template(struct values *out)
{
    if (cloudhsm) {
        secret_key_template(out, CKK_AES, true, (CK_ATTRIBUTE_TYPE[]){CKA_WRAP, CKA_UNWRAP, 0});
    } else {
        secret_key_template(out, CKK_AES, false,
                            (CK_ATTRIBUTE_TYPE[]){CKA_WRAP, CKA_UNWRAP, CKA_SIGN, CKA_VERIFY, 0});
    }
    add_number(out, CKA_VALUE_LEN, 32);
    add_flag(out, CKA_MODIFIABLE, true);
}

void parent_template(struct values *out, const CK_BYTE value[32])
{
    unwrapped_master_key_template(out);
    add_bytes(out, CKA_VALUE, value, 32);
}

/* RSA-2048. Only its size and form matter: nothing here opens what it wraps. */
void rsa_template(struct values *out)
{
    static CK_BYTE modulus[256];
    static const CK_BYTE exponent[] = {1, 0, 1};
    for (size_t i = 0; i < sizeof modulus; i++) {
        modulus[i] = (CK_BYTE)(0xb5 + 37 * i);
    }
    modulus[sizeof modulus - 1] |= 1;
    memset(out, 0, sizeof *out);
    add_number(out, CKA_CLASS, CKO_PUBLIC_KEY);
    add_number(out, CKA_KEY_TYPE, CKK_RSA);
    add_bytes(out, CKA_MODULUS, modulus, sizeof modulus);
    add_bytes(out, CKA_PUBLIC_EXPONENT, exponent, sizeof exponent);
    add_flag(out, CKA_PRIVATE, true);
    add_flag(out, CKA_WRAP, true);
    add_flag(out, CKA_ENCRYPT, false);
    add_flag(out, CKA_VERIFY, false);
}

void signing_templates(struct values *public_half, struct values *private_half)
{
    static const CK_BYTE p384[] = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};
    memset(public_half, 0, sizeof *public_half);
    add_bytes(public_half, CKA_EC_PARAMS, p384, sizeof p384);
    add_bytes(public_half, CKA_LABEL, "sig_key_pub", 11);
    add_flag(public_half, CKA_TOKEN, true);
    add_flag(public_half, CKA_PRIVATE, true);
    add_flag(public_half, CKA_MODIFIABLE, false);
    add_flag(public_half, CKA_VERIFY, true);
    add_flag(public_half, CKA_ENCRYPT, false);
    add_flag(public_half, CKA_WRAP, false);

    memset(private_half, 0, sizeof *private_half);
    add_bytes(private_half, CKA_LABEL, "sig_key", 7);
    add_flag(private_half, CKA_TOKEN, true);
    add_flag(private_half, CKA_PRIVATE, true);
    add_flag(private_half, CKA_SENSITIVE, true);
    add_flag(private_half, CKA_EXTRACTABLE, false);
    add_flag(private_half, CKA_MODIFIABLE, false);
    add_flag(private_half, CKA_SIGN, true);
    add_flag(private_half, CKA_DECRYPT, false);
    add_flag(private_half, CKA_UNWRAP, false);
    add_flag(private_half, CKA_DERIVE, false);
}

CK_RV generate(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE type, struct values *template, CK_OBJECT_HANDLE *key)
{
    CK_MECHANISM mechanism = {type, NULL, 0};
    return p11->C_GenerateKey(session, &mechanism, template->attributes, template->count, key);
}

CK_RV create(CK_SESSION_HANDLE session, struct values *template, CK_OBJECT_HANDLE *object)
{
    return p11->C_CreateObject(session, template->attributes, template->count, object);
}

struct entry {
    CK_ULONG type;
    const void *value;
    CK_ULONG length;
};

CK_RV derive_with(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE parent, const CK_BYTE nonce[32],
                  struct values *template, CK_OBJECT_HANDLE *kek)
{
    CK_ULONG counter = 32;
    CK_ULONG dkm_length[2] = {1, 32};
    struct entry entries[4] = {
        {4, &counter, sizeof counter}, {7, dkm_length, sizeof dkm_length}, {5, "sk", 2}, {6, nonce, 32}};
    struct {
        CK_ULONG prf;
        CK_ULONG count;
        struct entry *entries;
    } kdf = {CKM_SHA256_HMAC, 4, entries};
    CK_KEY_DERIVATION_STRING_DATA data = {(CK_BYTE *)(uintptr_t)nonce, 32};
    CK_MECHANISM mechanism = {CKM_AES_ECB_ENCRYPT_DATA, &data, sizeof data};
    if (cloudhsm) {
        mechanism = (CK_MECHANISM){CKM_CLOUDHSM_SP800_108_COUNTER_KDF, &kdf, sizeof kdf};
    }
    return p11->C_DeriveKey(session, &mechanism, parent, template->attributes, template->count, kek);
}

CK_MECHANISM gcm_mechanism(CK_GCM_PARAMS_V3 *parameters, CK_BYTE *iv, CK_BYTE *aad, CK_ULONG aad_length)
{
    CK_ULONG iv_length = iv != NULL ? 12 : 0;
    *parameters = (CK_GCM_PARAMS_V3){iv, iv_length, iv_length * 8, aad, aad_length, 128};
    return (CK_MECHANISM){cloudhsm ? CKM_CLOUDHSM_AES_GCM : CKM_AES_GCM, parameters, sizeof *parameters};
}

CK_RV wrap_with(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE kek, CK_OBJECT_HANDLE key, struct blob *out)
{
    CK_GCM_PARAMS_V3 parameters;
    CK_MECHANISM mechanism = gcm_mechanism(&parameters, cloudhsm ? NULL : an_iv, an_aad, sizeof an_aad);
    out->length = sizeof out->bytes;
    return p11->C_WrapKey(session, &mechanism, kek, key, out->bytes, &out->length);
}

CK_RV unwrap_with(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE kek, const struct blob *in, struct values *template,
                  CK_OBJECT_HANDLE *key)
{
    CK_GCM_PARAMS_V3 parameters;
    CK_MECHANISM mechanism = gcm_mechanism(&parameters, cloudhsm ? NULL : an_iv, an_aad, sizeof an_aad);
    /* On the heap and of the right size, so that a read past its end is seen. */
    CK_BYTE *copy = malloc(in->length + (in->length == 0));
    memcpy(copy, in->bytes, in->length);
    CK_RV rv = p11->C_UnwrapKey(session, &mechanism, kek, copy, in->length, template->attributes, template->count,
                                key);
    free(copy);
    return rv;
}

CK_OBJECT_HANDLE a_domain_key(CK_SESSION_HANDLE session)
{
    struct values template;
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
    domain_key_template(&template, "domain_key");
    OK(generate(session, CKM_AES_KEY_GEN, &template, &key));
    return key;
}

CK_OBJECT_HANDLE a_kek(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE parent)
{
    static const CK_BYTE nonce[32] = {1, 2, 3};
    struct values template;
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
    kek_template(&template);
    OK(derive_with(session, parent, nonce, &template, &key));
    return key;
}

CK_OBJECT_HANDLE a_secret(CK_SESSION_HANDLE session)
{
    struct values template;
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
    new_secret_template(&template);
    OK(generate(session, CKM_GENERIC_SECRET_KEY_GEN, &template, &key));
    return key;
}

CK_OBJECT_HANDLE a_master_key(CK_SESSION_HANDLE session)
{
    struct values template;
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
    new_master_key_template(&template);
    OK(generate(session, CKM_AES_KEY_GEN, &template, &key));
    return key;
}

CK_OBJECT_HANDLE an_rsa_key(CK_SESSION_HANDLE session)
{
    struct values template;
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
    rsa_template(&template);
    OK(create(session, &template, &key));
    return key;
}

void a_signing_key(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *public_key, CK_OBJECT_HANDLE *private_key)
{
    struct values public_half;
    struct values private_half;
    CK_MECHANISM mechanism = {CKM_EC_KEY_PAIR_GEN, NULL, 0};
    signing_templates(&public_half, &private_half);
    OK(p11->C_GenerateKeyPair(session, &mechanism, public_half.attributes, public_half.count,
                              private_half.attributes, private_half.count, public_key, private_key));
}

CK_RV wrap_oaep_with(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE rsa, CK_OBJECT_HANDLE key, CK_BYTE *out,
                     CK_ULONG *length)
{
    CK_RSA_PKCS_OAEP_PARAMS parameters = {CKM_SHA256, CKG_MGF1_SHA256, CKZ_DATA_SPECIFIED, NULL, 0};
    CK_MECHANISM mechanism = {CKM_RSA_PKCS_OAEP, &parameters, sizeof parameters};
    return p11->C_WrapKey(session, &mechanism, rsa, key, out, length);
}

CK_ULONG count_objects(CK_SESSION_HANDLE session, const char *label, CK_OBJECT_CLASS object_class,
                       CK_OBJECT_HANDLE *first)
{
    struct values template = {0};
    CK_OBJECT_HANDLE found[10];
    CK_ULONG count = 0;
    add_bytes(&template, CKA_LABEL, label, strlen(label));
    add_number(&template, CKA_CLASS, object_class);
    OK(p11->C_FindObjectsInit(session, template.attributes, template.count));
    OK(p11->C_FindObjects(session, found, 10, &count));
    OK(p11->C_FindObjectsFinal(session));
    if (first != NULL && count > 0) {
        *first = found[0];
    }
    return count;
}
