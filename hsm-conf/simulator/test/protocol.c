/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The protocol's steps, from start to end, and its known answers. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

static void a_wrapped_master_key_opens_and_seals_a_secret(void)
{
    struct values template;
    struct blob ekt;
    struct blob sealed;
    CK_OBJECT_HANDLE master_key;
    CK_OBJECT_HANDLE secret;
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    CK_OBJECT_HANDLE kek = a_kek(session, a_domain_key(session));

    OK(wrap_with(session, kek, a_master_key(session), &ekt));
    CHECK(ekt.length == (cloudhsm ? 60 : 48));
    unwrapped_master_key_template(&template);
    OK(unwrap_with(session, kek, &ekt, &template, &master_key));

    CK_OBJECT_HANDLE secret_kek = a_kek(session, master_key);
    OK(wrap_with(session, secret_kek, a_secret(session), &sealed));
    unwrapped_secret_template(&template);
    OK(unwrap_with(session, secret_kek, &sealed, &template, &secret));
    stop();
}

static void an_unwrapped_secret_is_the_one_that_was_wrapped(void)
{
    struct values template;
    struct blob first;
    struct blob again;
    CK_OBJECT_HANDLE copy;
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    CK_OBJECT_HANDLE kek = a_kek(session, a_domain_key(session));
    OK(wrap_with(session, kek, a_secret(session), &first));
    unwrapped_secret_template(&template);
    OK(unwrap_with(session, kek, &first, &template, &copy));
    OK(wrap_with(session, kek, copy, &again));
    /* The same IV gives the same blob; where the HSM makes it, no two are the same. */
    CHECK((memcmp(first.bytes, again.bytes, first.length) == 0) == !cloudhsm);
    stop();
}

static void the_known_blob_opens(void)
{
    static const char aad[] = "AAD:instance_idi-0c4f345c91e5cd4a2volume_uuidb59fad1d-46f7-447c-96c8-c2f9408a00ad";
    static const CK_BYTE proteccio_blob[48] = {
        0x8d, 0x74, 0xb5, 0x05, 0x5b, 0x03, 0xdf, 0x23, 0x6d, 0xc9, 0xd3, 0x52, 0xcc, 0xd3, 0x0d, 0xd9,
        0x6a, 0x13, 0xaa, 0x13, 0xcd, 0x83, 0xe2, 0x5f, 0x15, 0x9c, 0xf7, 0xca, 0xe3, 0x9d, 0x1a, 0x58,
        0xef, 0x38, 0x59, 0xe6, 0xee, 0xb1, 0x77, 0x39, 0x54, 0x11, 0x67, 0x33, 0xd3, 0x6e, 0xcb, 0xc6};
    static const CK_BYTE cloudhsm_blob[48] = {
        0xee, 0xf3, 0x4e, 0xfb, 0xaf, 0x44, 0x52, 0x7a, 0x90, 0x21, 0xff, 0x86, 0xda, 0x83, 0x1b, 0xf7,
        0x09, 0x8c, 0x88, 0x0f, 0x17, 0x1f, 0x58, 0xe2, 0x3b, 0x4c, 0x98, 0xc5, 0x22, 0x43, 0xa2, 0x7f,
        0x7c, 0x1c, 0x0c, 0x76, 0x08, 0x42, 0xb9, 0x8f, 0xec, 0x9f, 0xfb, 0xdf, 0xd9, 0x73, 0xd3, 0x37};
    CK_BYTE parent_value[32];
    CK_BYTE nonce[32];
    CK_BYTE blob[60];
    CK_BYTE again[60];
    CK_ULONG again_length = sizeof again;
    struct values template;
    CK_OBJECT_HANDLE parent;
    CK_OBJECT_HANDLE kek;
    CK_OBJECT_HANDLE secret;
    CK_GCM_PARAMS_V3 parameters;
    for (unsigned int i = 0; i < 32; i++) {
        parent_value[i] = (CK_BYTE)i;
        nonce[i] = (CK_BYTE)(0xa0 + i);
    }
    start_fresh();
    (void)setenv("SK_SIMULATOR_IMPORT", "1", 1);
    CK_SESSION_HANDLE session = begin();
    parent_template(&template, parent_value);
    OK(create(session, &template, &parent));
    kek_template(&template);
    OK(derive_with(session, parent, nonce, &template, &kek));

    CK_MECHANISM mechanism =
        gcm_mechanism(&parameters, cloudhsm ? NULL : an_iv, (CK_BYTE *)(uintptr_t)aad, sizeof aad - 1);
    CK_ULONG iv_length = cloudhsm ? 12 : 0;
    memcpy(blob, an_iv, iv_length);
    memcpy(blob + iv_length, cloudhsm ? cloudhsm_blob : proteccio_blob, 48);
    unwrapped_secret_template(&template);
    OK(p11->C_UnwrapKey(session, &mechanism, kek, blob, 48 + iv_length, template.attributes, template.count,
                        &secret));
    if (!cloudhsm) {
        OK(p11->C_WrapKey(session, &mechanism, kek, secret, again, &again_length));
        CHECK(again_length == 48 && memcmp(again, blob, 48) == 0);
    }
    stop();
}

static void both_layouts_of_the_gcm_parameters_are_taken(void)
{
    CK_BYTE out[60];
    CK_ULONG length = sizeof out;
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    CK_OBJECT_HANDLE kek = a_kek(session, a_domain_key(session));
    CK_NSS_GCM_PARAMS parameters = {cloudhsm ? NULL : an_iv, cloudhsm ? 0 : 12, an_aad, sizeof an_aad, 128};
    CK_MECHANISM mechanism = {cloudhsm ? CKM_CLOUDHSM_AES_GCM : CKM_AES_GCM, &parameters, sizeof parameters};
    OK(p11->C_WrapKey(session, &mechanism, kek, a_secret(session), out, &length));
    mechanism.ulParameterLen = 41;
    length = sizeof out;
    EXPECT(CKR_MECHANISM_PARAM_INVALID,
           p11->C_WrapKey(session, &mechanism, kek, a_secret(session), out, &length));
    stop();
}

static void the_length_of_a_wrapped_key_can_be_asked_for(void)
{
    CK_BYTE out[60];
    CK_ULONG length = 0;
    CK_GCM_PARAMS_V3 parameters;
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    CK_OBJECT_HANDLE kek = a_kek(session, a_domain_key(session));
    CK_OBJECT_HANDLE secret = a_secret(session);
    CK_MECHANISM mechanism = gcm_mechanism(&parameters, cloudhsm ? NULL : an_iv, NULL, 0);
    OK(p11->C_WrapKey(session, &mechanism, kek, secret, NULL, &length));
    CHECK(length == (cloudhsm ? 60 : 48));
    length--;
    EXPECT(CKR_BUFFER_TOO_SMALL, p11->C_WrapKey(session, &mechanism, kek, secret, out, &length));
    OK(p11->C_WrapKey(session, &mechanism, kek, secret, out, &length));
    stop();
}

static void a_secret_is_wrapped_for_an_rsa_key(void)
{
    CK_BYTE out[512];
    CK_ULONG length = sizeof out;
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    OK(wrap_oaep_with(session, an_rsa_key(session), a_secret(session), out, &length));
    CHECK(length == 256);
    stop();
}

static void a_signature_verifies(void)
{
    CK_BYTE digest[32] = {7};
    CK_BYTE signature[96];
    CK_ULONG length = sizeof signature;
    CK_MECHANISM ecdsa = {CKM_ECDSA, NULL, 0};
    CK_OBJECT_HANDLE public_key;
    CK_OBJECT_HANDLE private_key;
    start_fresh();
    CK_SESSION_HANDLE session = begin();
    a_signing_key(session, &public_key, &private_key);
    OK(p11->C_SignInit(session, &ecdsa, private_key));
    OK(p11->C_Sign(session, digest, sizeof digest, signature, &length));
    CHECK(length == 96);
    OK(p11->C_VerifyInit(session, &ecdsa, public_key));
    OK(p11->C_Verify(session, digest, sizeof digest, signature, length));
    signature[5] ^= 1;
    OK(p11->C_VerifyInit(session, &ecdsa, public_key));
    EXPECT(CKR_SIGNATURE_INVALID, p11->C_Verify(session, digest, sizeof digest, signature, length));
    stop();
}

static void it_says_that_it_is_no_hsm(void)
{
    CK_INFO info;
    CK_TOKEN_INFO token;
    start_fresh();
    (void)begin();
    OK(p11->C_GetInfo(&info));
    OK(p11->C_GetTokenInfo(SIM_SLOT, &token));
    CHECK(info.cryptokiVersion.major == 2 && info.cryptokiVersion.minor == 40);
    CHECK(memcmp(info.manufacturerID, "SIMULATOR - NOT AN HSM          ", 32) == 0);
    CHECK(memcmp(info.libraryDescription, "SIMULATOR - NOT AN HSM", 22) == 0);
    CHECK(memcmp(token.label, "SIMULATOR - NOT AN HSM          ", 32) == 0);
    CHECK(memcmp(token.manufacturerID, "SIMULATOR - NOT AN HSM", 22) == 0);
    CHECK(token.ulSessionCount == 1);
    stop();
}

static void only_the_vendors_mechanisms_are_listed(void)
{
    CK_MECHANISM_TYPE types[32];
    CK_MECHANISM_INFO info;
    CK_ULONG count = 32;
    start_fresh();
    (void)begin();
    OK(p11->C_GetMechanismList(SIM_SLOT, types, &count));
    CHECK(count == 7);
    for (CK_ULONG i = 0; i < count; i++) {
        OK(p11->C_GetMechanismInfo(SIM_SLOT, types[i], &info));
    }
    CK_MECHANISM_TYPE theirs = cloudhsm ? CKM_AES_GCM : CKM_CLOUDHSM_AES_GCM;
    EXPECT(CKR_MECHANISM_INVALID, p11->C_GetMechanismInfo(SIM_SLOT, theirs, &info));
    EXPECT(CKR_MECHANISM_INVALID, p11->C_GetMechanismInfo(SIM_SLOT, CKM_AES_CBC, &info));
    EXPECT(CKR_SLOT_ID_INVALID, p11->C_GetMechanismList(1, types, &count));
    stop();
}

void test_protocol(void)
{
    static const struct test tests[] = {
        TEST(a_wrapped_master_key_opens_and_seals_a_secret),
        TEST(an_unwrapped_secret_is_the_one_that_was_wrapped),
        TEST(the_known_blob_opens),
        TEST(both_layouts_of_the_gcm_parameters_are_taken),
        TEST(the_length_of_a_wrapped_key_can_be_asked_for),
        TEST(a_secret_is_wrapped_for_an_rsa_key),
        TEST(a_signature_verifies),
        TEST(it_says_that_it_is_no_hsm),
        TEST(only_the_vendors_mechanisms_are_listed),
    };
    run_tests(tests, sizeof tests / sizeof tests[0]);
}
