/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A vendor is data: its mechanisms, the form of its PIN, how it does AES-GCM, and what it wants of each kind of key. */
#ifndef SIM_DIALECT_H
#define SIM_DIALECT_H

#include <stdbool.h>
#include <stddef.h>

#include "ck.h"

/* The attributes that are true or false, as bits of a set. */
enum {
    A_TOKEN = 1 << 0,
    A_PRIVATE = 1 << 1,
    A_SENSITIVE = 1 << 2,
    A_EXTRACTABLE = 1 << 3,
    A_MODIFIABLE = 1 << 4,
    A_ENCRYPT = 1 << 5,
    A_DECRYPT = 1 << 6,
    A_SIGN = 1 << 7,
    A_SIGN_RECOVER = 1 << 8,
    A_VERIFY = 1 << 9,
    A_VERIFY_RECOVER = 1 << 10,
    A_WRAP = 1 << 11,
    A_UNWRAP = 1 << 12,
    A_DERIVE = 1 << 13
};
#define A_COUNT 14

typedef unsigned int flag_set;

enum operation { BY_GENERATE, BY_GENERATE_PAIR, BY_DERIVE, BY_UNWRAP, BY_CREATE };

/*
 * A kind of key, and what its template must say. An attribute in on or off must be given, with that value, unless
 * it is in may_miss too; one in either may be given with any value, or be left out (then CKA_MODIFIABLE is true, the
 * rest false). An attribute in none of them is not accepted.
 */
struct kind {
    const char *name;
    enum operation operation;
    CK_OBJECT_CLASS object_class;
    CK_KEY_TYPE key_type;
    flag_set on;
    flag_set off;
    flag_set may_miss;
    flag_set either;
    bool temporary;                 /* see struct dialect, temporary_token_objects */
    bool needs_import;              /* only with SK_SIMULATOR_IMPORT=1 */
    CK_ATTRIBUTE_TYPE needed[3];    /* values that must be there, ended by 0 (CKA_CLASS, which all have) */
    CK_ATTRIBUTE_TYPE value_length; /* CKA_VALUE_LEN when it may be given; it must then be 32 */
};

struct mechanism {
    CK_MECHANISM_TYPE type;
    CK_MECHANISM_INFO info;
};

struct dialect {
    const char *name;
    const struct mechanism *mechanisms;
    size_t mechanism_count;
    const struct kind *kek;
    CK_MECHANISM_TYPE derive;
    CK_MECHANISM_TYPE gcm;
    bool own_iv;                  /* the HSM makes the IV and puts it before the ciphertext */
    bool pin_has_user;            /* user:password */
    bool temporary_token_objects; /* temporary keys may be token objects too */
};

/* The dialect of that name, null for proteccio; null when there is none. */
const struct dialect *dialect_by_name(const char *name);

bool dialect_accepts_pin(const struct dialect *dialect, const CK_BYTE *pin, size_t length);

/* The mechanism if the vendor offers it for that use (a CKF_ flag, 0 for any), or null. */
const struct mechanism *dialect_mechanism(const struct dialect *dialect, CK_MECHANISM_TYPE type, CK_FLAGS use);

/* The kinds that all vendors have in common. */
extern const struct kind common_kinds[];
extern const size_t common_kind_count;

#endif
