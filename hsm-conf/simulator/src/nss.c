/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "nss.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "log.h"

CK_FUNCTION_LIST_PTR nss;

CK_RV nss_load(void)
{
    if (nss != NULL) {
        return CKR_OK;
    }
    void *library = dlopen("libsoftokn3.so", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        say("cannot load NSS softoken (apt-get install libnss3): %s", dlerror());
        return CKR_GENERAL_ERROR;
    }
    CK_C_GetFunctionList get_list;
    void *symbol = dlsym(library, "C_GetFunctionList");
    memcpy(&get_list, &symbol, sizeof get_list);
    if (symbol == NULL || get_list(&nss) != CKR_OK) {
        say("libsoftokn3.so has no C_GetFunctionList");
        (void)dlclose(library);
        return CKR_GENERAL_ERROR;
    }
    return CKR_OK;
}

/* NSS reads its parameters as name='value'; a quote or a backslash in the value has a backslash before it. */
static int quote(char *out, size_t size, const char *text)
{
    size_t n = 0;
    for (; *text != '\0'; text++) {
        if (n + 3 > size) {
            return -1;
        }
        if (*text == '\'' || *text == '\\') {
            out[n++] = '\\';
        }
        out[n++] = *text;
    }
    out[n] = '\0';
    return 0;
}

CK_RV nss_start(const char *folder)
{
    char quoted[4096];
    char parameters[sizeof quoted + 128];
    if (quote(quoted, sizeof quoted, folder) != 0) {
        say("SK_SIMULATOR_TOKEN is too long");
        return CKR_GENERAL_ERROR;
    }
    (void)snprintf(parameters, sizeof parameters,
                   "configdir='sql:%s' certPrefix='' keyPrefix='' secmod='secmod.db' flags=", quoted);

    CK_C_INITIALIZE_ARGS arguments = {0};
    char *in = parameters;
    arguments.flags = CKF_OS_LOCKING_OK;
    /* NSS declares char **, and reads char *. */
    memcpy(&arguments.LibraryParameters, &in, sizeof in);
    CK_RV rv = nss->C_Initialize(&arguments);
    if (rv != CKR_OK) {
        say("NSS cannot open the token in %s: 0x%lx", folder, rv);
    }
    return rv;
}

CK_RV nss_stop(void)
{
    return nss->C_Finalize(NULL);
}

CK_RV nss_open_scratch(CK_SESSION_HANDLE *session)
{
    return nss->C_OpenSession(SIM_SLOT, CKF_SERIAL_SESSION, NULL, NULL, session);
}

void nss_close_scratch(CK_SESSION_HANDLE session)
{
    (void)nss->C_CloseSession(session);
}
