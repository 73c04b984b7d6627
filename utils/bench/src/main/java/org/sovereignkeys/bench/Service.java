/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.bench;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A node, called as the gateway would pass on an instance's decrypt-secret. */
final class Service implements Target {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final String name;
    private final URI origin;
    private final String rsaKey;
    private final Map<Volume, String> sealedSecrets = new ConcurrentHashMap<>();

    /**
     * @param name of the way in which it stores
     * @param rsaKey the instances' one-time key, DER in base64
     */
    Service(String name, URI origin, String rsaKey) {
        this.name = name;
        this.origin = origin;
        this.rsaKey = rsaKey;
    }

    @Override
    public String name() {
        return name;
    }

    /** The VPCs that utils/bench/run registers. */
    static String vpcId(int vpc) {
        return "vpc-0be%014d".formatted(vpc);
    }

    @Override
    public Client client(int number, int vpc, Connections connections) throws IOException {
        Volume volume = new Volume(number, vpc);
        HttpConnection connection = new HttpConnection(origin, connections);
        byte[] request = request(connection, volume, "decrypt-secret", sealedSecret(volume));
        return new Client() {
            @Override
            public void call() throws IOException {
                connection.send(request).requireSuccess();
            }

            @Override
            public void close() {
                connection.close();
            }
        };
    }

    private String sealedSecret(Volume volume) throws IOException {
        String known = sealedSecrets.get(volume);
        if (known != null) {
            return known;
        }
        try (HttpConnection connection = new HttpConnection(origin, Connections.NEW)) {
            byte[] answer = connection.send(request(connection, volume, "generate-secret", null)).requireSuccess();
            String made = JSON.readTree(answer).required("encrypted_secret").stringValue();
            sealedSecrets.put(volume, made);
            return made;
        }
    }

    private byte[] request(HttpConnection connection, Volume volume, String call, @Nullable String sealedSecret) {
        var body = JSON.createObjectNode().put("volume_uuid", volume.uuid()).put("rsa_wrapping_key", rsaKey);
        if (sealedSecret != null) {
            body.put("encrypted_secret", sealedSecret);
        }
        return connection.request("/v1/encryption/" + volume.instanceId() + "/" + call, List.of("Authorization: any",
                "x-amzn-vpc-id: " + vpcId(volume.vpc()), "X-Forwarded-For: 10.42.0.41",
                "Content-Type: application/json"), JSON.writeValueAsBytes(body));
    }

    /** Of one client in one VPC. */
    private record Volume(int client, int vpc) {
        String instanceId() {
            return "i-0be%014d".formatted(vpc * 10_000 + client);
        }

        String uuid() {
            return "bench-" + vpc + "-" + client;
        }
    }
}
