/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The vendor's rules for templates: each attribute turned round, each left out, and what has no place in them. */

#include <stdlib.h>
#include <string.h>

#include "harness.h"

static CK_SESSION_HANDLE session;
static CK_OBJECT_HANDLE domain_key;
static CK_OBJECT_HANDLE kek;
static struct blob blob;

/* Makes a key with that template, one function a kind. */
typedef CK_RV (*maker)(struct values *template);

static CK_RV make_aes(struct values *template)
{
    CK_OBJECT_HANDLE key;
    return generate(session, CKM_AES_KEY_GEN, template, &key);
}

static CK_RV make_secret(struct values *template)
{
    CK_OBJECT_HANDLE key;
    return generate(session, CKM_GENERIC_SECRET_KEY_GEN, template, &key);
}

static CK_RV make_kek(struct values *template)
{
    static const CK_BYTE nonce[32] = {5};
    CK_OBJECT_HANDLE key;
    return derive_with(session, domain_key, nonce, template, &key);
}

static CK_RV make_unwrapped(struct values *template)
{
    CK_OBJECT_HANDLE key;
    return unwrap_with(session, kek, &blob, template, &key);
}

static CK_RV make_object(struct values *template)
{
    CK_OBJECT_HANDLE object;
    return create(session, template, &object);
}

static CK_RV make_pair(struct values *public_half, struct values *private_half)
{
    CK_OBJECT_HANDLE keys[2];
    CK_MECHANISM mechanism = {CKM_EC_KEY_PAIR_GEN, NULL, 0};
    return p11->C_GenerateKeyPair(session, &mechanism, public_half->attributes, public_half->count,
                                  private_half->attributes, private_half->count, &keys[0], &keys[1]);
}

static CK_RV make_public_half(struct values *template)
{
    struct values unused;
    struct values other;
    signing_templates(&unused, &other);
    return make_pair(template, &other);
}

static CK_RV make_private_half(struct values *template)
{
    struct values unused;
    struct values other;
    signing_templates(&other, &unused);
    return make_pair(&other, template);
}

static bool is_flag(const CK_ATTRIBUTE *attribute)
{
    return attribute->ulValueLen == sizeof(CK_BBOOL) && attribute->type != CKA_LABEL;
}

static struct values copy_of(const struct values *from)
{
    struct values copy = {.count = from->count};
    memcpy(copy.attributes, from->attributes, sizeof copy.attributes);
    return copy;
}

/* free_flag: an attribute that may be either, or left out; 0 for none. */
static void check_rules(const struct values *good, maker make, CK_ATTRIBUTE_TYPE free_flag)
{
    for (CK_ULONG i = 0; i < good->count; i++) {
        CK_ATTRIBUTE attribute = good->attributes[i];
        struct values spoilt = copy_of(good);
        if (!is_flag(&attribute) || attribute.type == free_flag) {
            continue;
        }
        bool on = *(const CK_BBOOL *)attribute.pValue == CK_TRUE;
        set_flag(&spoilt, attribute.type, !on);
        CK_RV rv = make(&spoilt);
        /* An AES key's extractable says which kind it is; the other kind then wants something else. */
        CHECK(rv == CKR_TEMPLATE_INCONSISTENT || (attribute.type == CKA_EXTRACTABLE && rv == CKR_TEMPLATE_INCOMPLETE));
        bool may_miss = attribute.type == CKA_MODIFIABLE && on;
        spoilt = copy_of(good);
        remove_attribute(&spoilt, attribute.type);
        EXPECT(may_miss ? CKR_OK : CKR_TEMPLATE_INCOMPLETE, make(&spoilt));
    }
    struct values twice = copy_of(good);
    add_flag(&twice, CKA_PRIVATE, true);
    EXPECT(CKR_TEMPLATE_INCONSISTENT, make(&twice));
    struct values alien = copy_of(good);
    add_flag(&alien, CKA_TRUSTED, false);
    EXPECT(CKR_ATTRIBUTE_TYPE_INVALID, make(&alien));
    struct values malformed = copy_of(good);
    remove_attribute(&malformed, CKA_PRIVATE);
    add_bytes(&malformed, CKA_PRIVATE, "\x01\x01", 2);
    EXPECT(CKR_ATTRIBUTE_VALUE_INVALID, make(&malformed));
    struct values as_it_is = copy_of(good);
    OK(make(&as_it_is));
}

static void prepare(void)
{
    start_fresh();
    session = begin();
    domain_key = a_domain_key(session);
    kek = a_kek(session, domain_key);
    OK(wrap_with(session, kek, a_secret(session), &blob));
}

static void a_domain_key_needs_all_its_attributes(void)
{
    struct values template;
    prepare();
    domain_key_template(&template, "another_key");
    check_rules(&template, make_aes, 0);
    stop();
}

static void a_new_master_key_needs_all_its_attributes(void)
{
    struct values template;
    prepare();
    new_master_key_template(&template);
    check_rules(&template, make_aes, 0);
    stop();
}

static void an_unwrapped_master_key_needs_all_its_attributes(void)
{
    struct values template;
    prepare();
    unwrapped_master_key_template(&template);
    check_rules(&template, make_unwrapped, 0);
    stop();
}

static void a_new_secret_needs_all_its_attributes(void)
{
    struct values template;
    prepare();
    new_secret_template(&template);
    check_rules(&template, make_secret, 0);
    stop();
}

static void an_unwrapped_secret_needs_all_its_attributes(void)
{
    struct values template;
    prepare();
    unwrapped_secret_template(&template);
    check_rules(&template, make_unwrapped, 0);
    stop();
}

static void a_kek_needs_all_its_attributes(void)
{
    struct values template;
    prepare();
    kek_template(&template);
    if (cloudhsm) {
        /* Either will do for the two that only Proteccio wants. */
        remove_attribute(&template, CKA_SIGN);
        set_flag(&template, CKA_VERIFY, true);
        check_rules(&template, make_kek, CKA_VERIFY);
    } else {
        check_rules(&template, make_kek, 0);
    }
    stop();
}

static void an_rsa_key_needs_all_its_attributes(void)
{
    struct values template;
    prepare();
    rsa_template(&template);
    check_rules(&template, make_object, 0);
    stop();
}

static void both_halves_of_a_signing_key_need_all_their_attributes(void)
{
    struct values public_half;
    struct values private_half;
    prepare();
    signing_templates(&public_half, &private_half);
    check_rules(&public_half, make_public_half, 0);
    check_rules(&private_half, make_private_half, 0);
    stop();
}

static void temporary_keys_are_token_objects_only_where_the_vendor_has_it_so(void)
{
    struct values template;
    struct values unwrapped;
    CK_OBJECT_HANDLE secret;
    CK_OBJECT_HANDLE opened;
    CK_OBJECT_HANDLE token_kek;
    static const CK_BYTE nonce[32] = {3};
    prepare();
    new_secret_template(&template);
    add_flag(&template, CKA_TOKEN, true);
    add_bytes(&template, CKA_LABEL, "boot-1", 6);
    EXPECT(cloudhsm ? CKR_OK : CKR_TEMPLATE_INCONSISTENT,
           generate(session, CKM_GENERIC_SECRET_KEY_GEN, &template, &secret));
    if (cloudhsm) {
        kek_template(&template);
        add_flag(&template, CKA_TOKEN, true);
        add_bytes(&template, CKA_LABEL, "boot-1", 6);
        OK(derive_with(session, domain_key, nonce, &template, &token_kek));
        OK(wrap_with(session, token_kek, secret, &blob));
        unwrapped_secret_template(&unwrapped);
        add_flag(&unwrapped, CKA_TOKEN, true);
        add_bytes(&unwrapped, CKA_LABEL, "boot-1", 6);
        OK(unwrap_with(session, token_kek, &blob, &unwrapped, &opened));
        CHECK(count_objects(session, "boot-1", CKO_SECRET_KEY, NULL) == 3);
        OK(p11->C_DestroyObject(session, opened));
        OK(p11->C_DestroyObject(session, token_kek));
        OK(p11->C_DestroyObject(session, secret));
        CHECK(count_objects(session, "boot-1", CKO_SECRET_KEY, NULL) == 0);
    }
    stop();
}

static void a_key_with_a_long_label_is_found(void)
{
    static const char label[] = "a label that is longer than those that the module gives to keys of its own";
    struct values template;
    CK_OBJECT_HANDLE secret;
    prepare();
    new_secret_template(&template);
    add_bytes(&template, CKA_LABEL, label, sizeof label - 1);
    OK(generate(session, CKM_GENERIC_SECRET_KEY_GEN, &template, &secret));
    CHECK(count_objects(session, label, CKO_SECRET_KEY, NULL) == 1);
    stop();
}

static void other_sizes_and_curves_are_refused(void)
{
    static const CK_BYTE p256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
    struct values template;
    struct values private_half;
    prepare();
    new_master_key_template(&template);
    remove_attribute(&template, CKA_VALUE_LEN);
    EXPECT(CKR_TEMPLATE_INCOMPLETE, make_aes(&template));
    add_number(&template, CKA_VALUE_LEN, 16);
    EXPECT(CKR_KEY_SIZE_RANGE, make_aes(&template));
    signing_templates(&template, &private_half);
    remove_attribute(&template, CKA_EC_PARAMS);
    add_bytes(&template, CKA_EC_PARAMS, p256, sizeof p256);
    EXPECT(CKR_CURVE_NOT_SUPPORTED, make_public_half(&template));
    stop();
}

static void a_key_comes_in_clear_only_where_it_is_allowed(void)
{
    static const CK_BYTE value[32] = {1};
    struct values template;
    prepare();
    parent_template(&template, value);
    EXPECT(CKR_ATTRIBUTE_VALUE_INVALID, make_object(&template));
    (void)setenv("SK_SIMULATOR_IMPORT", "1", 1);
    OK(make_object(&template));
    unwrapped_secret_template(&template);
    add_bytes(&template, CKA_VALUE, value, sizeof value);
    EXPECT(CKR_ATTRIBUTE_TYPE_INVALID, make_unwrapped(&template));
    stop();
}

static void what_is_left_out_is_false(void)
{
    struct values template;
    CK_OBJECT_HANDLE key;
    CK_BBOOL token = CK_TRUE;
    CK_BBOOL derive = CK_TRUE;
    CK_ATTRIBUTE asked[] = {{CKA_TOKEN, &token, sizeof token}, {CKA_DERIVE, &derive, sizeof derive}};
    prepare();
    rsa_template(&template);
    OK(create(session, &template, &key));
    OK(p11->C_GetAttributeValue(session, key, asked, 2));
    CHECK(token == CK_FALSE && derive == CK_FALSE);
    stop();
}

void test_templates(void)
{
    static const struct test tests[] = {
        TEST(a_domain_key_needs_all_its_attributes),
        TEST(a_new_master_key_needs_all_its_attributes),
        TEST(an_unwrapped_master_key_needs_all_its_attributes),
        TEST(a_new_secret_needs_all_its_attributes),
        TEST(an_unwrapped_secret_needs_all_its_attributes),
        TEST(a_kek_needs_all_its_attributes),
        TEST(an_rsa_key_needs_all_its_attributes),
        TEST(both_halves_of_a_signing_key_need_all_their_attributes),
        TEST(temporary_keys_are_token_objects_only_where_the_vendor_has_it_so),
        TEST(a_key_with_a_long_label_is_found),
        TEST(other_sizes_and_curves_are_refused),
        TEST(a_key_comes_in_clear_only_where_it_is_allowed),
        TEST(what_is_left_out_is_false),
    };
    run_tests(tests, sizeof tests / sizeof tests[0]);
}
