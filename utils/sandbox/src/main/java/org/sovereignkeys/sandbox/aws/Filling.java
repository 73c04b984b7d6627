/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox.aws;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Subnet;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.ObjectLockEnabled;
import software.amazon.awssdk.services.s3.model.ObjectLockRetentionMode;
import tools.jackson.databind.json.JsonMapper;

import org.sovereignkeys.sandbox.network.Callers;

/** Fills an empty emulator. */
public final class Filling {
    /** The customers' table. */
    public static final String TABLE = "sovereign-keys-customers";
    private static final String EKT_BUCKET = "sovereign-keys-ekt";
    private static final String AUDIT_BUCKET = "sovereign-keys-audit";
    private static final String CIDR = "10.42.0.0/16";
    private static final String KEY = "VPCID";

    private final Clients aws;
    private final Map<Network, Subnet> subnets = new EnumMap<>(Network.class);

    /** Takes the emulator to fill. */
    public Filling(Clients aws) {
        this.aws = aws;
    }

    /** The roles that there are, as the emulator wants them. */
    public static void writeRoles(Path file) {
        List<Map<String, String>> roles = new ArrayList<>();
        for (Network network : Network.values()) {
            network.role().ifPresent(role -> {
                Map<String, String> known = new LinkedHashMap<>(Map.of("arn", network.roleArn()));
                if (role.externalId() != null) {
                    known.put("externalId", role.externalId());
                }
                if (role.bucket() != null) {
                    known.put("bucket", role.bucket());
                }
                roles.add(known);
            });
        }
        JsonMapper.builder().build().writeValue(file, roles);
    }

    /** How everything is called, for who sets up the service. */
    public static void writeNames(Path file) {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("region", Clients.REGION.id());
        names.put("table", TABLE);
        names.put("ektBucket", EKT_BUCKET);
        names.put("auditBucket", AUDIT_BUCKET);
        names.put("customerAuditBucket", Network.CUSTOMERS_BUCKET);
        names.put("neighbourAuditBucket", Network.NEIGHBOURS_BUCKET);
        JsonMapper.builder().build().writeValue(file, names);
    }

    /** Makes everything, and returns who can call. */
    public Callers fill() {
        makeBuckets();
        for (Network network : Network.values()) {
            makeNetwork(network);
        }
        makeTable();
        Instances instances = new Instances(aws);
        return new Callers(Clients.REGION.id(),
                List.of(SampleInstance.values())
                    .stream()
                    .map(instance -> instances.run(instance, subnet(instance.network())))
                    .toList());
    }

    private Subnet subnet(Network network) {
        Subnet subnet = subnets.get(network);
        if (subnet == null) {
            throw new IllegalStateException("the network " + network + " was not made");
        }
        return subnet;
    }

    /** Makes the buckets alone: all that there is in S3. */
    public void makeBuckets() {
        makeBucket(Network.OWN_ACCOUNT, EKT_BUCKET, false);
        makeBucket(Network.OWN_ACCOUNT, AUDIT_BUCKET, true);
        for (Network network : Network.values()) {
            network.role()
                .map(Network.Role::bucket)
                .ifPresent(bucket -> makeBucket(network.accountId(), bucket, true));
        }
    }

    /** Versioned and with Object Lock, as ours are; what is put into it may also be locked for a day. */
    private void makeBucket(String accountId, String name, boolean locksByDefault) {
        S3Client s3 = aws.s3(accountId);
        s3.createBucket(create -> create.bucket(name)
            .objectLockEnabledForBucket(true)
            .createBucketConfiguration(where -> where.locationConstraint(Clients.REGION.id())));
        s3.putBucketVersioning(put -> put.bucket(name)
            .versioningConfiguration(versioning -> versioning.status(BucketVersioningStatus.ENABLED)));
        if (locksByDefault) {
            s3.putObjectLockConfiguration(put -> put.bucket(name)
                .objectLockConfiguration(lock -> lock.objectLockEnabled(ObjectLockEnabled.ENABLED)
                    .rule(rule -> rule.defaultRetention(
                            retention -> retention.mode(ObjectLockRetentionMode.COMPLIANCE).days(1)))));
        }
    }

    private void makeNetwork(Network network) {
        Ec2Client ec2 = aws.ec2(network.accountId());
        String vpcId = ec2.createVpc(create -> create.cidrBlock(CIDR)).vpc().vpcId();
        subnets.put(network, ec2.createSubnet(create -> create.vpcId(vpcId)
            .cidrBlock(CIDR)
            .availabilityZone(Clients.REGION.id() + 'a')).subnet());
    }

    private void makeTable() {
        aws.dynamo()
            .createTable(create -> create.tableName(TABLE)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .keySchema(KeySchemaElement.builder().attributeName(KEY).keyType(KeyType.HASH).build())
                .attributeDefinitions(AttributeDefinition.builder()
                    .attributeName(KEY)
                    .attributeType(ScalarAttributeType.S)
                    .build()));
        subnets.forEach((network, subnet) -> network.item(subnet.vpcId()).ifPresent(this::register));
    }

    private void register(Map<String, String> item) {
        aws.dynamo()
            .putItem(put -> put.tableName(TABLE)
                .item(item.entrySet()
                    .stream()
                    .collect(Collectors.toMap(Map.Entry::getKey,
                            member -> AttributeValue.fromS(member.getValue())))));
    }
}
