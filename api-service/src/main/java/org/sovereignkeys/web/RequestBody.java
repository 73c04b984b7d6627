/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;

import jakarta.servlet.http.HttpServletRequest;
import org.apache.catalina.connector.ClientAbortException;
import org.apache.coyote.BadRequestException;

/** Reads request bodies, which are small by contract. */
public final class RequestBody {
    /** For the whole body; the web server's own limit is for each piece of it. */
    private static final Duration TIME_LIMIT = Duration.ofSeconds(10);
    private static final int PIECE_SIZE_BYTES = 8 * 1024;

    private RequestBody() {}

    /**
     * Reads the whole body.
     *
     * @param limitBytes the most that is taken
     * @throws BodyRejectedException if it is larger, announced or not; if it comes too slowly; or if its pieces are not as
     *             HTTP wants them
     * @throws IOException if the connection breaks
     */
    public static byte[] read(HttpServletRequest request, int limitBytes) throws IOException {
        if (request.getContentLengthLong() > limitBytes) {
            throw BodyRejectedException.tooLarge(limitBytes);
        }
        try {
            return read(request.getInputStream(), limitBytes);
        } catch (ClientAbortException gone) {
            throw gone;
        } catch (BadRequestException e) {
            throw BodyRejectedException.unreadable(e);
        }
    }

    private static byte[] read(InputStream body, int limitBytes) throws IOException {
        long deadline = System.nanoTime() + TIME_LIMIT.toNanos();
        WipedOutput whole = new WipedOutput();
        byte[] piece = new byte[PIECE_SIZE_BYTES];
        try {
            for (int length = body.read(piece); length >= 0; length = body.read(piece)) {
                whole.write(piece, 0, length);
                if (whole.size() > limitBytes) {
                    throw BodyRejectedException.tooLarge(limitBytes);
                }
                if (System.nanoTime() > deadline) {
                    throw BodyRejectedException.tooSlow();
                }
            }
            return whole.toByteArray();
        } finally {
            whole.wipe();
            Arrays.fill(piece, (byte) 0);
        }
    }

    /** The body may be a secret: what is not handed out is wiped. */
    private static final class WipedOutput extends ByteArrayOutputStream {
        WipedOutput() {
            super(PIECE_SIZE_BYTES);
        }

        void wipe() {
            Arrays.fill(buf, (byte) 0);
        }
    }
}
