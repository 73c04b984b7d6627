/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.customer;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import software.amazon.awscdk.Aws;
import software.amazon.awscdk.cloudformation.include.CfnInclude;
import software.amazon.awscdk.services.ec2.Vpc;
import software.amazon.awscdk.services.iam.CfnRole;
import software.constructs.Construct;

import org.sovereignkeys.infrastructure.configuration.Configuration;
import org.sovereignkeys.infrastructure.permission.CustomerRoles;
import org.sovereignkeys.infrastructure.review.Excuse;

/** customer-template.yml, as it stands, for the customer for trying: what works for this one is what customers get. */
final class CustomerTemplate extends Construct {
    private final CfnInclude template;
    private final String auditBucketName;

    CustomerTemplate(Construct scope, Configuration configuration, Path file, Vpc vpc, String externalId) {
        super(scope, "Template");
        auditBucketName = configuration.companyIdentifier() + "-sovereign-keys-customer-audit-logs";
        template = CfnInclude.Builder.create(this, "File")
            .templateFile(file.toAbsolutePath().toString())
            .parameters(Map.of(
                    "ServiceAccountId", Aws.ACCOUNT_ID,
                    "ServiceRegion", Aws.REGION,
                    "ExternalId", externalId,
                    "VpcId", vpc.getVpcId(),
                    "VpcRange", vpc.getVpcCidrBlock(),
                    // One zone is enough for trying, and each costs.
                    "SubnetIds", List.of(vpc.getPublicSubnets().get(0).getSubnetId()),
                    "AuditBucketName", auditBucketName,
                    "ObjectLockMode", configuration.objectLockMode().name()))
            .build();
        settleThatThisIsTheServicesAccount();
        Excuse.on(template.getResource("Role"), "IAM5",
                "AWS gives describing for all instances or none; objects of the bucket are not known before.");
        if (configuration.adoptStorage()) {
            adoptBucket();
        } else {
            Excuse.on(template.getResource("AuditBucket"), "S1", "It is a log itself.");
        }
        if (configuration.mainResources()) {
            Excuse.on(template.getResource("EndpointGroup"), "EC23",
                    "Open to the VPC's own range, which the rule cannot see behind a reference.");
        } else {
            remove("Endpoint", "EndpointGroup");
        }
    }

    String roleArn() {
        return ((CfnRole) template.getResource("Role")).getAttrArn();
    }

    String auditBucketName() {
        return auditBucketName;
    }

    /** A condition that always holds is an error to cfn-lint. */
    private void settleThatThisIsTheServicesAccount() {
        ((CfnRole) template.getResource("Role")).setPath(CustomerRoles.PATH_IN_OWN_ACCOUNT);
        var condition = template.getCondition("InServiceAccount").getNode();
        Objects.requireNonNull(condition.getScope()).getNode().tryRemoveChild(condition.getId());
    }

    private void adoptBucket() {
        remove("AuditBucketPolicy", "AuditBucket");
        template.getResource("Role")
            .addPropertyOverride("Policies.0.PolicyDocument.Statement.1.Resource",
                    "arn:" + Aws.PARTITION + ":s3:::" + auditBucketName + "/*");
        template.getOutput("AuditBucketName").setValue(auditBucketName);
    }

    private void remove(String... resources) {
        for (String resource : resources) {
            template.getNode().tryRemoveChild(resource);
        }
    }
}
