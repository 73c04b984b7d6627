/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.operator;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Arrays;

import jakarta.servlet.http.HttpServletRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpStatus;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import org.sovereignkeys.cluster.ClientKey;
import org.sovereignkeys.cluster.Node;
import org.sovereignkeys.configuration.InvalidSettingException;
import org.sovereignkeys.hsm.Pin;
import org.sovereignkeys.web.AccessDeniedException;
import org.sovereignkeys.web.RequestBody;

/**
 * Takes the client key and the PIN from an operator who is on the node. What counts is the address of the socket, never a
 * header; content types do not matter.
 */
@RestController
class OperatorController {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorController.class);
    private static final int KEY_LIMIT_BYTES = 64 * 1024;
    private static final int PIN_LIMIT_BYTES = 4 * 1024;

    private final Node node;

    OperatorController(Node node, Environment environment) {
        this.node = node;
        requireSocketAddresses(environment);
    }

    @PutMapping("/client-key")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void putClientKey(HttpServletRequest request) throws IOException {
        requireLoopback(request);
        byte[] body = RequestBody.read(request, KEY_LIMIT_BYTES);
        ClientKey key = ClientKey.of(body);
        try {
            node.acceptClientKey(key);
            LOG.info("an operator gave the client key");
        } finally {
            key.destroy();
            Arrays.fill(body, (byte) 0);
        }
    }

    @PutMapping("/hsm-pin")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void putPin(HttpServletRequest request) throws IOException {
        requireLoopback(request);
        byte[] body = RequestBody.read(request, PIN_LIMIT_BYTES);
        try {
            Pin pin = PinBody.read(body);
            try {
                node.acceptPin(pin);
                LOG.info("an operator gave the PIN, and the HSM took it");
            } finally {
                pin.destroy();
            }
        } finally {
            Arrays.fill(body, (byte) 0);
        }
    }

    private static void requireLoopback(HttpServletRequest request) throws IOException {
        if (!InetAddress.getByName(request.getRemoteAddr()).isLoopbackAddress()) {
            LOG.warn("an operator call from {} was refused", request.getRemoteAddr());
            throw new AccessDeniedException(
                    "Operator calls are taken from the node itself only: call http://localhost, on the node.");
        }
    }

    /** Settings with which the web server would take a header's word for the socket's address. */
    private static void requireSocketAddresses(Environment environment) {
        String strategy = environment.getProperty("server.forward-headers-strategy", "none");
        if (!"none".equalsIgnoreCase(strategy)) {
            throw InvalidSettingException.ofForeign("server.forward-headers-strategy",
                    "must be none, but is " + strategy + ": operator calls would be open to whoever sends a header");
        }
        for (String key : new String[]{"server.tomcat.remoteip.remote-ip-header",
            "server.tomcat.remoteip.protocol-header"}) {
            if (StringUtils.hasText(environment.getProperty(key))) {
                throw InvalidSettingException.ofForeign(key,
                        "must not be set: operator calls would be open to whoever sends a header");
            }
        }
    }
}
