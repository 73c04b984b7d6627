/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a key's maker forbade, and what is no key at all. */

#include <stdlib.h>
#include <string.h>

#include "harness.h"

static CK_RV read_value(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
    CK_BYTE value[64];
    CK_ATTRIBUTE attribute = {CKA_VALUE, value, sizeof value};
    return p11->C_GetAttributeValue(session, key, &attribute, 1);
}

static CK_RV set(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, CK_ATTRIBUTE_TYPE type, bool value)
{
    struct values template = {0};
    add_flag(&template, type, value);
    return p11->C_SetAttributeValue(session, key, template.attributes, template.count);
}

static void wrapping_a_non_extractable_key_is_refused(void)
{
    struct values template;
    struct blob blob;
    CK_BYTE out[256];
    CK_ULONG length = sizeof out;
    CK_OBJECT_HANDLE master_key;
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    CK_OBJECT_HANDLE domain_key = a_domain_key(session);
    CK_OBJECT_HANDLE kek = a_kek(session, domain_key);
    OK(wrap_with(session, kek, a_master_key(session), &blob));
    unwrapped_master_key_template(&template);
    OK(unwrap_with(session, kek, &blob, &template, &master_key));
    EXPECT(CKR_KEY_UNEXTRACTABLE, wrap_with(session, kek, master_key, &blob));
    EXPECT(CKR_KEY_UNEXTRACTABLE, wrap_with(session, kek, domain_key, &blob));
    EXPECT(CKR_KEY_UNEXTRACTABLE, wrap_oaep_with(session, an_rsa_key(session), master_key, out, &length));
    stop();
}

static void revealing_a_sensitive_key_is_refused(void)
{
    struct values template;
    struct blob blob;
    CK_OBJECT_HANDLE opened;
    CK_OBJECT_HANDLE public_key;
    CK_OBJECT_HANDLE private_key;
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    CK_OBJECT_HANDLE domain_key = a_domain_key(session);
    CK_OBJECT_HANDLE kek = a_kek(session, domain_key);
    CK_OBJECT_HANDLE secret = a_secret(session);
    OK(wrap_with(session, kek, secret, &blob));
    unwrapped_secret_template(&template);
    OK(unwrap_with(session, kek, &blob, &template, &opened));
    a_signing_key(session, &public_key, &private_key);
    EXPECT(CKR_ATTRIBUTE_SENSITIVE, read_value(session, domain_key));
    EXPECT(CKR_ATTRIBUTE_SENSITIVE, read_value(session, kek));
    EXPECT(CKR_ATTRIBUTE_SENSITIVE, read_value(session, secret));
    EXPECT(CKR_ATTRIBUTE_SENSITIVE, read_value(session, opened));
    EXPECT(CKR_ATTRIBUTE_SENSITIVE, read_value(session, private_key));
    stop();
}

static void loosening_a_keys_attributes_is_refused(void)
{
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    CK_OBJECT_HANDLE domain_key = a_domain_key(session);
    CK_OBJECT_HANDLE kek = a_kek(session, domain_key);
    CK_OBJECT_HANDLE copy;
    struct values change = {0};
    EXPECT(CKR_ATTRIBUTE_READ_ONLY, set(session, kek, CKA_SENSITIVE, false));
    EXPECT(CKR_ATTRIBUTE_READ_ONLY, set(session, kek, CKA_EXTRACTABLE, true));
    EXPECT(CKR_ATTRIBUTE_READ_ONLY, set(session, kek, CKA_ENCRYPT, true));
    EXPECT(CKR_ATTRIBUTE_READ_ONLY, set(session, domain_key, CKA_EXTRACTABLE, false));
    OK(set(session, kek, CKA_EXTRACTABLE, false));
    EXPECT(CKR_ATTRIBUTE_READ_ONLY, set(session, kek, CKA_EXTRACTABLE, true));
    add_flag(&change, CKA_SENSITIVE, false);
    EXPECT(CKR_FUNCTION_NOT_SUPPORTED,
           p11->C_CopyObject(session, kek, change.attributes, change.count, &copy));
    stop();
}

static void a_key_is_used_for_nothing_that_its_attributes_forbid(void)
{
    static const CK_BYTE nonce[32] = {0};
    struct values template;
    struct blob blob;
    CK_OBJECT_HANDLE out;
    CK_OBJECT_HANDLE public_key;
    CK_OBJECT_HANDLE private_key;
    CK_BYTE bytes[256];
    CK_ULONG length = sizeof bytes;
    CK_MECHANISM ecdsa = {CKM_ECDSA, NULL, 0};
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    CK_OBJECT_HANDLE domain_key = a_domain_key(session);
    CK_OBJECT_HANDLE kek = a_kek(session, domain_key);
    CK_OBJECT_HANDLE master_key = a_master_key(session);
    CK_OBJECT_HANDLE secret = a_secret(session);
    a_signing_key(session, &public_key, &private_key);
    OK(wrap_with(session, kek, secret, &blob));

    struct blob unused;
    EXPECT(CKR_KEY_FUNCTION_NOT_PERMITTED, wrap_with(session, domain_key, secret, &unused));
    EXPECT(CKR_KEY_FUNCTION_NOT_PERMITTED, wrap_with(session, master_key, secret, &unused));
    EXPECT(CKR_KEY_FUNCTION_NOT_PERMITTED, wrap_with(session, public_key, secret, &unused));
    EXPECT(CKR_KEY_FUNCTION_NOT_PERMITTED, wrap_oaep_with(session, domain_key, secret, bytes, &length));
    unwrapped_secret_template(&template);
    EXPECT(CKR_KEY_FUNCTION_NOT_PERMITTED, unwrap_with(session, domain_key, &blob, &template, &out));
    EXPECT(CKR_KEY_FUNCTION_NOT_PERMITTED, unwrap_with(session, private_key, &blob, &template, &out));
    kek_template(&template);
    EXPECT(CKR_KEY_FUNCTION_NOT_PERMITTED, derive_with(session, kek, nonce, &template, &out));
    EXPECT(CKR_KEY_FUNCTION_NOT_PERMITTED, derive_with(session, master_key, nonce, &template, &out));
    EXPECT(CKR_KEY_FUNCTION_NOT_PERMITTED, derive_with(session, private_key, nonce, &template, &out));
    EXPECT(CKR_KEY_FUNCTION_NOT_PERMITTED, p11->C_SignInit(session, &ecdsa, domain_key));
    EXPECT(CKR_KEY_FUNCTION_NOT_PERMITTED, p11->C_SignInit(session, &ecdsa, public_key));
    EXPECT(CKR_KEY_FUNCTION_NOT_PERMITTED, p11->C_VerifyInit(session, &ecdsa, domain_key));
    CK_GCM_PARAMS_V3 parameters;
    CK_MECHANISM gcm = gcm_mechanism(&parameters, cloudhsm ? NULL : an_iv, NULL, 0);
    CK_OBJECT_HANDLE keys[] = {domain_key, kek, master_key, secret, private_key, public_key};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        EXPECT(CKR_KEY_FUNCTION_NOT_PERMITTED, p11->C_EncryptInit(session, &gcm, keys[i]));
        EXPECT(CKR_KEY_FUNCTION_NOT_PERMITTED, p11->C_DecryptInit(session, &gcm, keys[i]));
    }
    stop();
}

static void a_key_of_the_wrong_type_is_refused(void)
{
    struct values template;
    struct blob blob;
    CK_OBJECT_HANDLE out;
    CK_BYTE bytes[256];
    CK_ULONG length = sizeof bytes;
    static const CK_BYTE nonce[32] = {0};
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    CK_OBJECT_HANDLE kek = a_kek(session, a_domain_key(session));
    CK_OBJECT_HANDLE secret = a_secret(session);
    EXPECT(CKR_WRAPPING_KEY_TYPE_INCONSISTENT, wrap_with(session, an_rsa_key(session), secret, &blob));
    EXPECT(CKR_WRAPPING_KEY_TYPE_INCONSISTENT, wrap_oaep_with(session, kek, secret, bytes, &length));
    kek_template(&template);
    EXPECT(CKR_KEY_TYPE_INCONSISTENT, derive_with(session, secret, nonce, &template, &out));
    stop();
}

static void a_handle_that_is_no_key_is_refused(void)
{
    struct values template;
    struct blob blob = {.length = 48};
    CK_OBJECT_HANDLE out;
    CK_MECHANISM ecdsa = {CKM_ECDSA, NULL, 0};
    static const CK_BYTE nonce[32] = {0};
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    CK_OBJECT_HANDLE kek = a_kek(session, a_domain_key(session));
    EXPECT(CKR_KEY_HANDLE_INVALID, wrap_with(session, kek, 4711, &blob));
    EXPECT(CKR_WRAPPING_KEY_HANDLE_INVALID, wrap_with(session, 4711, kek, &blob));
    unwrapped_secret_template(&template);
    EXPECT(CKR_UNWRAPPING_KEY_HANDLE_INVALID, unwrap_with(session, 4711, &blob, &template, &out));
    kek_template(&template);
    EXPECT(CKR_KEY_HANDLE_INVALID, derive_with(session, 4711, nonce, &template, &out));
    EXPECT(CKR_KEY_HANDLE_INVALID, p11->C_SignInit(session, &ecdsa, 4711));
    EXPECT(CKR_OBJECT_HANDLE_INVALID, p11->C_DestroyObject(session, 4711));
    EXPECT(CKR_SESSION_HANDLE_INVALID, wrap_with(4711, kek, kek, &blob));
    stop();
}

static void the_other_vendors_mechanisms_are_refused(void)
{
    static const CK_BYTE nonce[32] = {0};
    struct values template;
    struct blob blob;
    CK_OBJECT_HANDLE out;
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    CK_OBJECT_HANDLE domain_key = a_domain_key(session);
    CK_OBJECT_HANDLE kek = a_kek(session, domain_key);
    CK_OBJECT_HANDLE secret = a_secret(session);
    kek_template(&template);
    cloudhsm = !cloudhsm;
    EXPECT(CKR_MECHANISM_INVALID, wrap_with(session, kek, secret, &blob));
    EXPECT(CKR_MECHANISM_INVALID, derive_with(session, domain_key, nonce, &template, &out));
    cloudhsm = !cloudhsm;
    new_secret_template(&template);
    EXPECT(CKR_MECHANISM_INVALID, generate(session, CKM_DES3_KEY_GEN, &template, &out));
    CK_MECHANISM ecb = {CKM_AES_ECB, NULL, 0};
    EXPECT(CKR_MECHANISM_INVALID, p11->C_WrapKey(session, &ecb, kek, secret, blob.bytes, &blob.length));
    stop();
}

static void a_blob_cut_at_any_length_is_refused(void)
{
    struct values template;
    struct blob blob;
    CK_OBJECT_HANDLE out;
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    CK_OBJECT_HANDLE kek = a_kek(session, a_domain_key(session));
    OK(wrap_with(session, kek, a_secret(session), &blob));
    unwrapped_secret_template(&template);
    CK_ULONG whole = blob.length;
    for (blob.length = 0; blob.length < whole; blob.length++) {
        EXPECT(CKR_WRAPPED_KEY_LEN_RANGE, unwrap_with(session, kek, &blob, &template, &out));
    }
    blob.length = whole + 1;
    EXPECT(CKR_WRAPPED_KEY_LEN_RANGE, unwrap_with(session, kek, &blob, &template, &out));
    blob.length = whole;
    OK(unwrap_with(session, kek, &blob, &template, &out));
    stop();
}

static void a_flipped_bit_anywhere_is_seen(void)
{
    struct values template;
    struct blob blob;
    CK_OBJECT_HANDLE out;
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    CK_OBJECT_HANDLE kek = a_kek(session, a_domain_key(session));
    OK(wrap_with(session, kek, a_secret(session), &blob));
    unwrapped_secret_template(&template);
    for (CK_ULONG i = 0; i < blob.length; i++) {
        blob.bytes[i] ^= 0x10;
        EXPECT(CKR_ENCRYPTED_DATA_INVALID, unwrap_with(session, kek, &blob, &template, &out));
        blob.bytes[i] ^= 0x10;
    }
    an_aad[4] ^= 1;
    EXPECT(CKR_ENCRYPTED_DATA_INVALID, unwrap_with(session, kek, &blob, &template, &out));
    an_aad[4] ^= 1;
    if (!cloudhsm) {
        an_iv[0] ^= 1;
        EXPECT(CKR_ENCRYPTED_DATA_INVALID, unwrap_with(session, kek, &blob, &template, &out));
        an_iv[0] ^= 1;
    }
    OK(unwrap_with(session, kek, &blob, &template, &out));
    stop();
}

static void another_nonce_opens_nothing(void)
{
    static const CK_BYTE nonce[32] = {9};
    struct values template;
    struct blob blob;
    CK_OBJECT_HANDLE other;
    CK_OBJECT_HANDLE out;
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    CK_OBJECT_HANDLE domain_key = a_domain_key(session);
    OK(wrap_with(session, a_kek(session, domain_key), a_secret(session), &blob));
    kek_template(&template);
    OK(derive_with(session, domain_key, nonce, &template, &other));
    unwrapped_secret_template(&template);
    EXPECT(CKR_ENCRYPTED_DATA_INVALID, unwrap_with(session, other, &blob, &template, &out));
    stop();
}

static void gcm_parameters_that_the_vendor_does_not_take_are_refused(void)
{
    CK_GCM_PARAMS_V3 parameters;
    CK_BYTE out[64];
    CK_ULONG length = sizeof out;
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    CK_OBJECT_HANDLE kek = a_kek(session, a_domain_key(session));
    CK_OBJECT_HANDLE secret = a_secret(session);
    CK_MECHANISM mechanism = gcm_mechanism(&parameters, cloudhsm ? an_iv : NULL, an_aad, sizeof an_aad);
    EXPECT(CKR_MECHANISM_PARAM_INVALID, p11->C_WrapKey(session, &mechanism, kek, secret, out, &length));
    mechanism = gcm_mechanism(&parameters, cloudhsm ? NULL : an_iv, an_aad, sizeof an_aad);
    parameters.ulTagBits = 96;
    EXPECT(CKR_MECHANISM_PARAM_INVALID, p11->C_WrapKey(session, &mechanism, kek, secret, out, &length));
    parameters.ulTagBits = 128;
    parameters.ulIvLen = 16;
    EXPECT(CKR_MECHANISM_PARAM_INVALID, p11->C_WrapKey(session, &mechanism, kek, secret, out, &length));
    mechanism = gcm_mechanism(&parameters, cloudhsm ? NULL : an_iv, NULL, 5);
    EXPECT(CKR_MECHANISM_PARAM_INVALID, p11->C_WrapKey(session, &mechanism, kek, secret, out, &length));
    mechanism.pParameter = NULL;
    mechanism.ulParameterLen = 0;
    EXPECT(CKR_MECHANISM_PARAM_INVALID, p11->C_WrapKey(session, &mechanism, kek, secret, out, &length));
    stop();
}

static void other_oaep_parameters_are_refused(void)
{
    CK_BYTE out[256];
    CK_ULONG length = sizeof out;
    CK_RSA_PKCS_OAEP_PARAMS sha1 = {CKM_SHA_1, CKG_MGF1_SHA1, CKZ_DATA_SPECIFIED, NULL, 0};
    CK_MECHANISM mechanism = {CKM_RSA_PKCS_OAEP, &sha1, sizeof sha1};
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    EXPECT(CKR_MECHANISM_PARAM_INVALID,
           p11->C_WrapKey(session, &mechanism, an_rsa_key(session), a_secret(session), out, &length));
    stop();
}

static void keys_of_a_session_die_with_it(void)
{
    struct blob blob;
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    CK_SESSION_HANDLE other = open_session();
    CK_OBJECT_HANDLE kek = a_kek(session, a_domain_key(session));
    CK_OBJECT_HANDLE secret = a_secret(other);
    OK(wrap_with(session, kek, secret, &blob));
    OK(p11->C_CloseSession(other));
    EXPECT(CKR_KEY_HANDLE_INVALID, wrap_with(session, kek, secret, &blob));
    EXPECT(CKR_SESSION_HANDLE_INVALID, p11->C_CloseSession(other));
    stop();
}

static void logging_out_ends_private_keys(void)
{
    struct blob blob;
    static const CK_BYTE nonce[32] = {0};
    struct values template;
    CK_OBJECT_HANDLE out;
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    CK_OBJECT_HANDLE domain_key = a_domain_key(session);
    CK_OBJECT_HANDLE kek = a_kek(session, domain_key);
    CK_OBJECT_HANDLE secret = a_secret(session);
    OK(p11->C_Logout(session));
    kek_template(&template);
    EXPECT(CKR_USER_NOT_LOGGED_IN, derive_with(session, domain_key, nonce, &template, &out));
    EXPECT(CKR_WRAPPING_KEY_HANDLE_INVALID, wrap_with(session, kek, secret, &blob));
    new_secret_template(&template);
    EXPECT(CKR_USER_NOT_LOGGED_IN, generate(session, CKM_GENERIC_SECRET_KEY_GEN, &template, &out));
    CHECK(count_objects(session, "domain_key", CKO_SECRET_KEY, NULL) == 0);
    OK(login_with(session, right_pin()));
    EXPECT(CKR_WRAPPING_KEY_HANDLE_INVALID, wrap_with(session, kek, secret, &blob));
    CHECK(count_objects(session, "domain_key", CKO_SECRET_KEY, NULL) == 1);
    stop();
}

void test_refusals(void)
{
    static const struct test tests[] = {
        TEST(wrapping_a_non_extractable_key_is_refused),
        TEST(revealing_a_sensitive_key_is_refused),
        TEST(loosening_a_keys_attributes_is_refused),
        TEST(a_key_is_used_for_nothing_that_its_attributes_forbid),
        TEST(a_key_of_the_wrong_type_is_refused),
        TEST(a_handle_that_is_no_key_is_refused),
        TEST(the_other_vendors_mechanisms_are_refused),
        TEST(a_blob_cut_at_any_length_is_refused),
        TEST(a_flipped_bit_anywhere_is_seen),
        TEST(another_nonce_opens_nothing),
        TEST(gcm_parameters_that_the_vendor_does_not_take_are_refused),
        TEST(other_oaep_parameters_are_refused),
        TEST(keys_of_a_session_die_with_it),
        TEST(logging_out_ends_private_keys),
    };
    run_tests(tests, sizeof tests / sizeof tests[0]);
}
