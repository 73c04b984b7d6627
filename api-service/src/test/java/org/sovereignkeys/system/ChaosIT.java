/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.system;

import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ObjectVersion;

import org.sovereignkeys.chaos.Evidence;
import org.sovereignkeys.chaos.LogChecker;
import org.sovereignkeys.chaos.Report;
import org.sovereignkeys.chaos.StoredVersion;

import static org.assertj.core.api.SoftAssertions.assertSoftly;

/**
 * Three nodes, three members of etcd and an S3 are killed, stopped, cut off and emptied under load; afterwards what the
 * clients saw and what lies in the buckets must agree. The seed gives the order of the faults, and the minutes how long it
 * goes on: {@code -Dsk.chaos.seed}, {@code -Dsk.chaos.minutes}. How to read it: docs/testing/chaos.md.
 */
class ChaosIT {
    private static final Logger LOG = LoggerFactory.getLogger(ChaosIT.class);
    private static final long SEED = Long.getLong("sk.chaos.seed", 1);
    private static final int MINUTES = Integer.getInteger("sk.chaos.minutes", 3);
    private static final int LEAST_SUCCESSES = 1000;
    private static final Duration COPIES_LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void logAgreesWithWhatTheClientsSawWhateverFails() throws Exception {
        LOG.info("chaos: seed {}, {} minutes", SEED, MINUTES);
        try (ChaosCluster cluster = new ChaosCluster(folder)) {
            FaultScript script = new FaultScript(cluster, SEED);
            ChaosLoad load = new ChaosLoad(cluster);
            RunningCheck running = new RunningCheck(cluster, script);
            PublicKey signingKey = Instance.of(cluster.node(0).running(), ChaosCluster.VPCS.getFirst()).signingKey();
            try (running; load) {
                script.run(Duration.ofMinutes(MINUTES));
                load.close();
                running.awaitSettled();
            }
            awaitCopies(cluster);
            Evidence evidence = evidence(cluster, load, script, signingKey);
            cluster.nodes().forEach(ChaosNode::kill); // their logs count
            ChaosReport report = new ChaosReport(SEED, MINUTES, LogChecker.check(evidence), script, cluster.nodes(),
                    running, load.wrongAnswers());
            report.write(Path.of("target", "chaos"));
            LOG.info("{}", report);
            verify(report, script, cluster.nodes());
        }
    }

    private static void verify(ChaosReport report, FaultScript script, List<ChaosNode> nodes) {
        Report.Counts total = report.log().total();
        assertSoftly(softly -> {
            softly.assertThat(report.violations()).isEmpty();
            softly.assertThat(total.answers200()).as("answers of 200").isGreaterThanOrEqualTo(LEAST_SUCCESSES);
            for (FaultScript.Deed deed : FaultScript.Deed.values()) {
                softly.assertThat(script.midCall().getOrDefault(deed, 0))
                    .as(deed + " while calls were under way")
                    .isPositive();
            }
            softly.assertThat(nodes.stream().mapToLong(ChaosNode::takenOver).sum())
                .as("entries taken over")
                .isPositive();
            softly.assertThat(nodes.stream().mapToLong(ChaosNode::foundTaken).sum())
                .as("numbers found taken")
                .isPositive();
            softly.assertThat(total.fillers()).as("holes filled").isPositive();
            softly.assertThat(report.rounds()).as("looks while nodes ran").isGreaterThan(5 * MINUTES);
        });
    }

    private static void awaitCopies(ChaosCluster cluster) {
        S3Client s3 = cluster.aws().s3();
        cluster.copies()
            .forEach((vpc, bucket) -> ServiceProcess.await("the copies of " + vpc, COPIES_LIMIT,
                    () -> count(s3, bucket, vpc) >= count(s3, cluster.logBucket(), vpc)));
    }

    private static long count(S3Client s3, String bucket, String vpc) {
        return s3.listObjectsV2Paginator(list -> list.bucket(bucket).prefix(vpc + "/")).contents().stream().count();
    }

    private static Evidence evidence(ChaosCluster cluster, ChaosLoad load, FaultScript script, PublicKey key) {
        Map<String, List<StoredVersion>> copies = new HashMap<>();
        cluster.copies().forEach((vpc, bucket) -> copies.put(vpc, versions(cluster.aws().s3(), bucket)));
        return new Evidence(key, load.seen(), script.losses(), versions(cluster.aws().s3(), cluster.logBucket()),
                copies,
                true);
    }

    private static List<StoredVersion> versions(S3Client s3, String bucket) {
        List<StoredVersion> found = new ArrayList<>();
        s3.listObjectVersionsPaginator(list -> list.bucket(bucket)).forEach(page -> {
            page.versions().parallelStream().map(version -> read(s3, bucket, version)).forEachOrdered(found::add);
            page.deleteMarkers()
                .forEach(marker -> found.add(StoredVersion.marker(marker.key(), marker.versionId(), marker.isLatest(),
                        marker.lastModified())));
        });
        return found;
    }

    private static StoredVersion read(S3Client s3, String bucket, ObjectVersion version) {
        byte[] bytes = s3.getObject(get -> get.bucket(bucket).key(version.key()).versionId(version.versionId()),
                ResponseTransformer.toBytes())
            .asByteArray();
        return StoredVersion.of(version.key(), version.versionId(), bytes, version.isLatest(), version.lastModified());
    }
}
