/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.memorys3;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;

/** The server as a process of its own. */
public final class MemoryS3Application {
    private static final String USAGE = """
            S3 in memory, for tests. Prints where it listens as its first line.
              --port N        port on 127.0.0.1; without it, any that is free
              --delay-ms N    how long it takes until an object that was put is there
              --with-parent   ends when its standard input does
              --help          shows this""";
    private static final int HIGHEST_PORT = 65_535;

    private record Options(int port, Duration delay, boolean withParent, boolean help) {
        static Options of(List<String> arguments) {
            int port = 0;
            Duration delay = Duration.ZERO;
            boolean withParent = false;
            boolean help = false;
            for (Iterator<String> rest = arguments.iterator(); rest.hasNext();) {
                String argument = rest.next();
                switch (argument) {
                    case "--port" -> port = port(value(argument, rest));
                    case "--delay-ms" -> delay = Behaviour.delay(value(argument, rest));
                    case "--with-parent" -> withParent = true;
                    case "--help" -> help = true;
                    default -> throw new IllegalArgumentException("There is no option " + argument + "; see --help.");
                }
            }
            return new Options(port, delay, withParent, help);
        }

        private static String value(String option, Iterator<String> rest) {
            if (!rest.hasNext()) {
                throw new IllegalArgumentException(option + " wants a value; see --help.");
            }
            return rest.next();
        }

        private static int port(String text) {
            if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > HIGHEST_PORT) {
                throw new IllegalArgumentException("A port is a number up to " + HIGHEST_PORT + ".");
            }
            return Integer.parseInt(text);
        }
    }

    private MemoryS3Application() {}

    /** Does what the options say; exit code 2 for wrong ones, 1 where the port is taken. */
    public static void main(String[] arguments) throws IOException {
        Options options;
        try {
            options = Options.of(List.of(arguments));
        } catch (IllegalArgumentException e) {
            end(2, String.valueOf(e.getMessage()));
            return;
        }
        if (options.help()) {
            System.out.println(USAGE);
            return;
        }
        serve(options);
    }

    private static void serve(Options options) throws IOException {
        MemoryS3 server;
        try {
            server = MemoryS3.start(options.port());
        } catch (IOException e) {
            end(1, "Port " + options.port() + " cannot be opened: " + e.getMessage());
            return;
        }
        server.setDelay(options.delay());
        System.out.println("listening on " + server.url());
        if (options.withParent()) {
            waitForEnd(System.in);
            end(0, "");
        }
    }

    private static void waitForEnd(InputStream input) throws IOException {
        input.transferTo(OutputStream.nullOutputStream());
    }

    private static void end(int code, String message) {
        if (!message.isEmpty()) {
            System.err.println(message);
        }
        System.exit(code);
    }
}
