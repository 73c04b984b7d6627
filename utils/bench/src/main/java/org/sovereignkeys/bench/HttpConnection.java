/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/** A connection that carries one request after another. It does little, for it shares its cores with what it measures. */
final class HttpConnection implements AutoCloseable {
    private static final int READ_LIMIT_MILLIS = (int) Duration.ofSeconds(60).toMillis();
    private static final int LONGEST_LINE = 8192;

    private final URI origin;
    private final Connections connections;
    private @Nullable Socket socket;
    private @Nullable InputStream in;

    HttpConnection(URI origin, Connections connections) {
        this.origin = origin;
        this.connections = connections;
    }

    /** A request as it goes over the wire, made once for many. */
    byte[] request(String path, Iterable<String> headers, byte[] body) {
        StringBuilder head = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: " + origin.getAuthority() + "\r\n");
        headers.forEach(header -> head.append(header).append("\r\n"));
        if (connections == Connections.NEW) {
            head.append("Connection: close\r\n");
        }
        head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(head.toString().getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(body);
        return bytes.toByteArray();
    }

    /** Sends it and reads the whole answer; connects first where there is no connection. */
    Answer send(byte[] request) throws IOException {
        boolean whole = false;
        try {
            InputStream answer = connected();
            openSocket().getOutputStream().write(request);
            Answer read = read(answer);
            whole = true;
            return read;
        } finally {
            if (!whole || connections == Connections.NEW) {
                close();
            }
        }
    }

    private Socket openSocket() throws IOException {
        Socket open = socket;
        if (open == null) {
            open = new Socket();
            open.setTcpNoDelay(true);
            open.setSoTimeout(READ_LIMIT_MILLIS);
            socket = open;
            open.connect(new InetSocketAddress(origin.getHost(), origin.getPort()));
        }
        return open;
    }

    private InputStream connected() throws IOException {
        InputStream open = in;
        if (open == null) {
            open = new BufferedInputStream(openSocket().getInputStream());
            in = open;
        }
        return open;
    }

    private Answer read(InputStream from) throws IOException {
        int status = Integer.parseInt(line(from).split(" ", 3)[1]);
        int length = 0;
        boolean chunked = false;
        boolean last = false;
        for (String header = line(from); !header.isEmpty(); header = line(from)) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(lower.substring("content-length:".length()).strip());
            } else if (lower.startsWith("transfer-encoding:")) {
                chunked = true;
            } else if (lower.startsWith("connection:")) {
                last = lower.endsWith("close");
            }
        }
        byte[] body = chunked ? chunks(from) : exactly(length, from);
        if (last) {
            close();
        }
        return new Answer(status, body);
    }

    private static byte[] chunks(InputStream from) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int size;
        do {
            size = Integer.parseInt(line(from), 16);
            body.writeBytes(exactly(size, from));
            line(from);
        } while (size > 0);
        return body.toByteArray();
    }

    private static byte[] exactly(int size, InputStream from) throws IOException {
        byte[] bytes = from.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException("the answer ended early");
        }
        return bytes;
    }

    private static String line(InputStream from) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int read = from.read(); read != '\n'; read = from.read()) {
            if (read < 0 || line.length() > LONGEST_LINE) {
                throw new EOFException("the answer ended early, or is none of HTTP");
            }
            if (read != '\r') {
                line.append((char) read);
            }
        }
        return line.toString();
    }

    @Override
    public void close() {
        Socket open = socket;
        socket = null;
        in = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    /** Status and body. */
    record Answer(int status, @SuppressWarnings("ArrayRecordComponent") byte[] body) {
        /** The body, if the call succeeded. */
        byte[] requireSuccess() throws NoSuccessException {
            if (status != 200) {
                throw new NoSuccessException(status, new String(body, StandardCharsets.UTF_8));
            }
            return body;
        }
    }
}
