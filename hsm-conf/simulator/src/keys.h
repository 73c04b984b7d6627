/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a key is, and what may be done with it. */
#ifndef SIM_KEYS_H
#define SIM_KEYS_H

#include "ck.h"

/* CKR_OK if there is such a session. */
CK_RV check_session(CK_SESSION_HANDLE session);

/* What an operation demands of a key, and the codes for what is not so. */
struct demand {
    CK_ATTRIBUTE_TYPE use;   /* must be true */
    CK_RV if_not_permitted;
    CK_RV if_no_such_key;
};

/* CKR_OK if there is such a key, the attribute is true, and the user of a private key is logged in. */
CK_RV key_demand(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, const struct demand *demand);

/* CKR_OK if the key has that class and type, or else the given code. */
CK_RV key_is(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, CK_OBJECT_CLASS object_class, CK_KEY_TYPE type,
             CK_RV if_not);

/*
 * The clear bytes of a secret key. NSS reveals no sensitive key, so it is wrapped under a fresh key of the module's own,
 * and decrypted with that. The caller has checked that the key may leave the token, and wipes the bytes.
 */
CK_RV key_export(CK_SESSION_HANDLE scratch, CK_OBJECT_HANDLE key, CK_BYTE value[SIM_KEY_BYTES]);

/*
 * A copy of an AES key that can do what the original must not: CKA_ENCRYPT, CKA_DECRYPT, CKA_EXTRACTABLE. It lives as
 * long as the scratch session, and key_is_hidden() keeps it out of every search.
 */
CK_RV key_twin(CK_SESSION_HANDLE scratch, CK_OBJECT_HANDLE key, CK_ATTRIBUTE_TYPE use, CK_OBJECT_HANDLE *twin);

/* Whether it is one of the module's own keys, or gone. */
CK_BBOOL key_is_hidden(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object);

#endif
