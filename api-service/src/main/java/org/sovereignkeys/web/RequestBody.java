/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.web;

import java.io.IOException;

import jakarta.servlet.http.HttpServletRequest;

/** Reads request bodies, which are small by contract. */
public final class RequestBody {
    private RequestBody() {}

    /**
     * Reads the whole body.
     *
     * @param limitBytes the most that is taken
     * @throws PayloadTooLargeException if it is larger, announced or not
     * @throws IOException if the connection breaks
     */
    public static byte[] read(HttpServletRequest request, int limitBytes) throws IOException {
        if (request.getContentLengthLong() > limitBytes) {
            throw new PayloadTooLargeException(limitBytes);
        }
        byte[] body = request.getInputStream().readNBytes(limitBytes + 1);
        if (body.length > limitBytes) {
            throw new PayloadTooLargeException(limitBytes);
        }
        return body;
    }
}
