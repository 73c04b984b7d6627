/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.hsm.pkcs11;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.security.pkcs11.wrapper.CK_C_INITIALIZE_ARGS;
import sun.security.pkcs11.wrapper.PKCS11;
import sun.security.pkcs11.wrapper.PKCS11Constants;
import sun.security.pkcs11.wrapper.PKCS11Exception;

import org.sovereignkeys.hsm.HsmUnavailableException;

/** The vendor's library: loaded when first needed, finalised and initialised again when nothing else helps. */
final class Library {
    private static final Logger LOG = LoggerFactory.getLogger(Library.class);

    /** Static as is the binding's own table of paths, which never forgets one. */
    private static final AtomicLong INITIALISATIONS = new AtomicLong();

    private final Path path;
    private volatile @Nullable PKCS11 initialised;

    Library(Path path) {
        this.path = path.toAbsolutePath();
    }

    boolean isInitialised() {
        return initialised != null;
    }

    /**
     * The initialised library; loads or initialises it where that was not done.
     *
     * @throws HsmUnavailableException if it is not there, or cannot be loaded
     * @throws CryptokiException if it does not initialise
     */
    PKCS11 get() {
        PKCS11 current = initialised;
        if (current == null) {
            current = initialise();
            initialised = current;
        }
        return current;
    }

    private PKCS11 initialise() {
        if (!Files.isReadable(path)) {
            throw new HsmUnavailableException("The HSM's PKCS#11 library is not at " + path
                    + ": install the vendor's client, or set sovereign-keys.hsm.library", null);
        }
        CK_C_INITIALIZE_ARGS arguments = new CK_C_INITIALIZE_ARGS();
        arguments.flags = PKCS11Constants.CKF_OS_LOCKING_OK;
        NativeThread thread = NativeThread.current();
        thread.callStarts("C_Initialize");
        try {
            PKCS11 library = PKCS11.getInstance(spelling(path, INITIALISATIONS.getAndIncrement()), null, arguments,
                    false);
            LOG.info("The PKCS#11 library {} is initialised", path);
            return library;
        } catch (PKCS11Exception e) {
            throw new CryptokiException("C_Initialize", ReturnCode.of(e), e);
        } catch (IOException e) {
            throw new HsmUnavailableException(
                    "The HSM's PKCS#11 library " + path + " does not load: " + e.getMessage(), e);
        } finally {
            thread.callEnds();
        }
    }

    /** Finalises the library. The caller makes sure that no call is in flight. */
    void finish() {
        PKCS11 current = initialised;
        initialised = null;
        if (current == null) {
            return;
        }
        NativeThread thread = NativeThread.current();
        thread.callStarts("C_Finalize");
        try {
            current.C_Finalize(null);
        } catch (PKCS11Exception e) {
            LOG.debug("C_Finalize returned {}", ReturnCode.of(e).name());
        } finally {
            thread.callEnds();
        }
    }

    /**
     * The n-th spelling of a path: the binding initialises a library once a spelling, and gives the dead instance ever
     * after. The bits of n stand before the file's name, {@code ./} for one and {@code /} for zero.
     */
    static String spelling(Path path, long n) {
        Path folder = path.getParent();
        if (n == 0 || folder == null) {
            return path.toString();
        }
        String bits = Long.toBinaryString(n).replace("1", "./").replace("0", "/");
        return folder + "/" + bits + path.getFileName();
    }
}
