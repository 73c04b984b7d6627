/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.s3;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.LongStream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

import org.sovereignkeys.audit.AuditStore.Put;
import org.sovereignkeys.audit.AuditStore.Tail;
import org.sovereignkeys.audit.AuditStoreContract;
import org.sovereignkeys.audit.NumberRange;
import org.sovereignkeys.aws.AwsServer;
import org.sovereignkeys.aws.Dependency;
import org.sovereignkeys.customer.VpcId;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sovereignkeys.audit.Entries.OTHER_VPC;
import static org.sovereignkeys.audit.Entries.VPC;

/** What the log in a bucket keeps to, on any server that speaks S3. */
abstract class S3AuditStoreSuite extends AuditStoreContract {
    private S3Client s3;
    private String bucket;
    private S3AuditStore store;

    abstract AwsServer server();

    @BeforeEach
    void makeBucket() {
        s3 = server().s3();
        bucket = server().newBucket();
        store = new S3AuditStore(s3, bucket, new Dependency("the audit bucket", new SimpleMeterRegistry()));
    }

    @Override
    protected S3AuditStore store() {
        return store;
    }

    @Test
    void anEntryLiesUnderItsNameAsJson() {
        store.putIfAbsent(VPC, 20, bytes("{}"));

        HeadObjectResponse object = s3.headObject(head -> head.bucket(bucket).key(VPC + "/000000020.json"));
        assertThat(object.contentType()).isEqualTo("application/json");
    }

    @Test
    void whatWasDeletedCountsAsWritten() {
        LongStream.rangeClosed(1, 5).forEach(number -> store.putIfAbsent(VPC, number, bytes("x")));
        delete(VPC, 3);
        delete(VPC, 5);

        assertThat(store.tail(VPC)).isEqualTo(new Tail(5, List.of()));
        assertThat(store.holesBefore(VPC, 6)).isEmpty();
    }

    @Test
    void whatWasDeletedReadsAsNothing() {
        store.putIfAbsent(VPC, 1, bytes("x"));
        delete(VPC, 1);

        assertThat(store.read(VPC, 1)).isEmpty();
    }

    @Test
    void aVpcWhoseEntriesWereAllDeletedIsStillKnown() {
        store.putIfAbsent(VPC, 1, bytes("x"));
        delete(VPC, 1);

        assertThat(store.vpcIds()).containsExactly(VPC);
    }

    @Test
    void namesThatAreNoEntriesAreIgnored() {
        store.putIfAbsent(VPC, 2, bytes("x"));
        for (String foreign : List.of("!", "000000002.json.bak", "0000000003.json", "00000001.json", "1.json",
                "9", "999999999.json/x", "a.json", "~")) {
            putForeign(VPC + "/" + foreign);
        }
        putForeign("top");
        putForeign("folder/of/others");

        assertThat(store.tail(VPC)).isEqualTo(new Tail(2, List.of(1L)));
        assertThat(store.holesBefore(VPC, 3)).containsExactly(new NumberRange(1, 1));
        assertThat(store.vpcIds()).containsExactly(VPC);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 999, 1_000, 1_001, 1_002, 2_001, 3_000, 4_097, 65_536, 1_000_000, 999_999_998,
        999_999_999})
    void theEndIsFoundWhereverItIs(long highest) {
        store.putIfAbsent(VPC, 1, bytes("x"));
        store.putIfAbsent(VPC, highest, bytes("x"));

        assertThat(store.tail(VPC).highest()).isEqualTo(highest);
    }

    @ParameterizedTest
    @ValueSource(longs = {1_000, 1_001, 1_999, 5_000})
    void theEndIsFoundBehindGaps(long first) {
        LongStream.of(first, first + 1_000, first + 1_999, first + 10_000)
            .forEach(number -> store.putIfAbsent(VPC, number, bytes("x")));
        store.putIfAbsent(OTHER_VPC, 999_999_999, bytes("x"));

        assertThat(store.tail(VPC).highest()).isEqualTo(first + 10_000);
    }

    @Test
    void whatIsTooLargeForAnEntryReadsAsNothing() {
        s3.putObject(put -> put.bucket(bucket).key(EntryKeys.key(VPC, 1)), RequestBody.fromBytes(new byte[65_537]));

        assertThat(store.read(VPC, 1)).isEmpty();
        assertThat(store.putIfAbsent(VPC, 1, bytes("x"))).isEqualTo(Put.TAKEN);
    }

    private void delete(VpcId vpcId, long number) {
        s3.deleteObject(delete -> delete.bucket(bucket).key(EntryKeys.key(vpcId, number)));
    }

    private void putForeign(String key) {
        s3.putObject(put -> put.bucket(bucket).key(key), RequestBody.fromString("x"));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
