/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

import org.sovereignkeys.aws.AwsServer;

import static org.assertj.core.api.Assertions.assertThat;

/** Nodes that make a customer's key at the same moment, on one HSM and one store of keys. */
class SharedKeysIT {
    private static final int CALLERS = 50;
    private static final String[] PATIENCE = {"--sovereign-keys.hsm.session-wait=20s",
        "--sovereign-keys.hsm.call-timeout=20s", "--sovereign-keys.call-timeout=28s"};

    @TempDir
    Path folder;

    @Test
    void twoNodesOnABucketMakeOneKey() throws Exception {
        AwsServer aws = AwsServer.moto();
        String bucket = aws.newBucket();
        ServiceHome home = ServiceHome.make(folder.resolve("first"), "cloudhsm");
        home.keepOnAws(aws, tableWith(aws, ServiceHome.VPC), bucket);

        allSecretsOfANewCustomerOpen(home);

        assertThat(aws.s3().listObjectVersions(list -> list.bucket(bucket)).versions()).singleElement()
            .satisfies(token -> assertThat(token.key()).isEqualTo(ServiceHome.VPC + ".ekt"));
    }

    @Test
    void twoNodesOnAFolderMakeOneKey() throws Exception {
        ServiceHome home = ServiceHome.make(folder.resolve("first"), "proteccio");

        allSecretsOfANewCustomerOpen(home);

        try (Stream<Path> files = Files.list(home.ektFolder())) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".ekt")))
                .containsExactly("ekt-" + ServiceHome.VPC + ".ekt");
        }
    }

    private void allSecretsOfANewCustomerOpen(ServiceHome home) throws Exception {
        List<Sealed> secrets = new ArrayList<>();
        try (ServiceProcess first = ServiceProcess.ready(home, PATIENCE);
                ServiceProcess second = ServiceProcess.ready(home.nodeBeside(folder.resolve("second")), PATIENCE);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            CyclicBarrier atOnce = new CyclicBarrier(CALLERS);
            List<Future<Sealed>> calls = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                Instance instance = Instance.of(i % 2 == 0 ? first : second, ServiceHome.VPC);
                calls.add(callers.submit(() -> {
                    atOnce.await();
                    return Sealed.madeBy(instance);
                }));
            }
            for (Future<Sealed> call : calls) {
                secrets.add(call.get());
            }
        }
        try (ServiceProcess third = ServiceProcess.ready(home.nodeBeside(folder.resolve("third")))) {
            assertThat(secrets).hasSize(CALLERS).allSatisfy(secret -> secret.opensOn(third));
        }
    }

    private static String tableWith(AwsServer aws, String vpcId) {
        String table = aws.newTable("VPCID");
        aws.dynamoDb()
            .putItem(put -> put.tableName(table)
                .item(Map.of("VPCID", AttributeValue.fromS(vpcId), "RemoteRoleARN",
                        AttributeValue.fromS("arn:aws:iam::403000000000:role/sovereign"))));
        return table;
    }

    private record Sealed(String instanceId, String encryptedSecret, String secret) {
        private static final String VOLUME = "volume-1";

        static Sealed madeBy(Instance instance) {
            Answer answer = instance.generate(VOLUME);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            return new Sealed(instance.id(), answer.text("encrypted_secret"),
                    Instance.open(answer.text("wrapped_secret")));
        }

        void opensOn(ServiceProcess node) {
            Answer answer = new Instance(node, ServiceHome.VPC, instanceId, "10.42.0.41").decrypt(VOLUME,
                    encryptedSecret);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(Instance.open(answer.text("wrapped_secret"))).isEqualTo(secret);
        }
    }
}
