/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customerkey.s3;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

import org.sovereignkeys.aws.AwsServer;
import org.sovereignkeys.aws.Dependency;
import org.sovereignkeys.customerkey.EncryptedKeyTokenException;
import org.sovereignkeys.customerkey.EncryptedKeyTokenStore;
import org.sovereignkeys.customerkey.EncryptedKeyTokenStoreContract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** What a bucket adds to what every store of key tokens keeps to, on every server that speaks S3's protocol. */
@SuppressWarnings("NullAway.Init") // the fields are set before each test
abstract class S3EncryptedKeyTokenStoreContract extends EncryptedKeyTokenStoreContract {
    private S3Client s3;
    private String bucket;
    private EncryptedKeyTokenStore store;

    abstract AwsServer server();

    @BeforeEach
    void makeBucket() {
        s3 = server().s3();
        bucket = server().newBucket();
        store = storeOn(s3, bucket);
    }

    static EncryptedKeyTokenStore storeOn(S3Client s3, String bucket) {
        return new S3EncryptedKeyTokenStore(s3, bucket, new Dependency("the bucket", new SimpleMeterRegistry()));
    }

    @Override
    protected EncryptedKeyTokenStore store() {
        return store;
    }

    @Override
    protected EncryptedKeyTokenStore sameStoreOfAnotherProcess() {
        return storeOn(s3, bucket);
    }

    @Override
    protected void remove(String name) {
        s3.deleteObject(delete -> delete.bucket(bucket).key(name + ".ekt"));
    }

    @Override
    protected void spoil(String name, byte[] content) {
        s3.putObject(put -> put.bucket(bucket).key(name + ".ekt"), RequestBody.fromBytes(content));
    }

    @Test
    void aTokenIsAnObjectOfItsName() {
        store.putIfAbsent(NAME, token(1));

        assertThat(s3.getObjectAsBytes(get -> get.bucket(bucket).key(NAME + ".ekt")).asByteArray())
            .isEqualTo(token(1).bytes());
    }

    @Test
    void aTokenIsWrittenOnce() {
        store.putIfAbsent(NAME, token(1));
        sameStoreOfAnotherProcess().putIfAbsent(NAME, token(2));

        assertThat(s3.listObjectVersions(list -> list.bucket(bucket)).versions()).hasSize(1);
    }

    @Test
    void anObjectWithALongerNameIsNotTheToken() {
        spoil(NAME + ".ekt.old", token(7).bytes());

        assertThat(store.find(NAME)).isEmpty();
        assertThat(store.putIfAbsent(NAME, token(1))).isEqualTo(token(1));
    }

    @Test
    void aTokenOfWhichOnlyTheMarkerOfItsDeletionIsLeftIsMissed() {
        store.putIfAbsent(NAME, token(1));
        remove(NAME);
        s3.listObjectVersions(list -> list.bucket(bucket))
            .versions()
            .forEach(version -> s3.deleteObject(
                    delete -> delete.bucket(bucket).key(version.key()).versionId(version.versionId())));

        assertThatExceptionOfType(EncryptedKeyTokenException.class).isThrownBy(() -> store.find(NAME))
            .withMessageContaining("gone");
        assertThat(store.isEmpty()).isFalse();
    }

    @Test
    void otherObjectsDoNotCountAsTokens() {
        s3.putObject(put -> put.bucket(bucket).key("README"), RequestBody.fromString("of the operators"));

        assertThat(store.isEmpty()).isTrue();
    }

    @Test
    void aTokenBehindManyOtherObjectsCounts() {
        for (int i = 0; i < 12; i++) {
            String key = "a" + i;
            s3.putObject(put -> put.bucket(bucket).key(key), RequestBody.fromString("x"));
        }
        store.putIfAbsent(NAME, token(1));

        assertThat(storeOn(new SmallPages(s3), bucket).isEmpty()).isFalse();
    }

    @Test
    void aMissingBucketIsSaidSo() {
        EncryptedKeyTokenStore missing = storeOn(s3, "no-such-bucket");

        assertThatExceptionOfType(EncryptedKeyTokenException.class).isThrownBy(() -> missing.find(NAME))
            .withMessageContainingAll("no-such-bucket", "is missing", "Create it");
        assertThatExceptionOfType(EncryptedKeyTokenException.class).isThrownBy(missing::isEmpty)
            .withMessageContaining("is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../x", "a/b", ".hidden", "a\u0000b"})
    void aNameThatLeadsElsewhereIsRefused(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> store.find(name));
        assertThatIllegalArgumentException().isThrownBy(() -> store.putIfAbsent(name, token(1)));
    }
}
