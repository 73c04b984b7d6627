/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.configuration;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * What operators choose. Each parameter is described in docs/deployment.md.
 *
 * @param mainResources whether there is a cluster; without it nothing runs that costs much
 * @param hsmRanges where the nodes may reach a Proteccio, each a /32; empty for anywhere
 * @param elasticIps allocation ids for the NAT gateways, one each; empty for new ones
 * @param companyIdentifier begins the names of the buckets
 * @param callsPerSecond what the gateway lets through in the long run
 * @param callsAtOnce what the gateway lets through in a burst
 * @param adoptStorage whether table and buckets are there already, from a stack that is gone
 */
public record Configuration(boolean mainResources, String instanceType, HsmType hsmType,
        Optional<String> additionalSecurityGroup, List<String> hsmRanges, ObjectLockMode objectLockMode,
        String bastionRange, boolean needsNat, List<String> elasticIps, boolean selfLocker, String companyIdentifier,
        int callsPerSecond, int callsAtOnce, boolean adoptStorage) {

    private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final String ADDRESS = BYTE + "(\\." + BYTE + "){3}";
    private static final Pattern RANGE = Pattern.compile(ADDRESS + "/(3[0-2]|[12]?[0-9])");
    private static final Pattern HOST = Pattern.compile(ADDRESS + "/32");
    private static final Pattern SECURITY_GROUP = Pattern.compile("sg-([0-9a-f]{8}|[0-9a-f]{17})");
    private static final Pattern ALLOCATION = Pattern.compile("eipalloc-([0-9a-f]{8}|[0-9a-f]{17})");
    /** Families of Graviton, with a g behind the generation, are left out. */
    private static final Pattern INSTANCE_TYPE = Pattern.compile("[a-z]+[0-9]+(?![a-z0-9-]*g)[a-z0-9-]*\\.[a-z0-9]+");
    /** The longest bucket name has 63 characters. */
    private static final Pattern IDENTIFIER = Pattern.compile("[a-z0-9][a-z0-9-]{0,28}[a-z0-9]");

    /**
     * Reads and checks the file.
     *
     * @throws ConfigurationException if a value is wrong: names its parameter and the reason
     */
    public static Configuration read(Path file) {
        var json = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
        try {
            return of(Parameters.of(json.readTree(file.toFile())));
        } catch (JsonProcessingException e) {
            throw new ConfigurationException(file + " is not JSON: " + e.getOriginalMessage());
        } catch (ConfigurationException e) {
            throw new ConfigurationException(file + ": " + e.getMessage());
        } catch (IOException e) {
            throw new ConfigurationException("The configuration cannot be read: " + e.getMessage());
        }
    }

    private static Configuration of(Parameters parameters) {
        var configuration = new Configuration(parameters.flag("ToggleMainResourceCreation", false),
                parameters.text("InstanceType", INSTANCE_TYPE, "an instance type of x86-64, as t3.small")
                    .orElse("t3.small"),
                required("HsmType", parameters.choice("HsmType", HsmType.class)),
                parameters.text("AdditionalSecurityGroup", SECURITY_GROUP, "the id of a security group"),
                parameters.list("HsmIpAddresses", HOST, "addresses of the form 10.42.1.12/32"),
                required("ObjectLockMode", parameters.choice("ObjectLockMode", ObjectLockMode.class)),
                parameters.text("BastionAuthorizedRange", RANGE, "a range of the form 192.0.2.0/24")
                    .orElse("0.0.0.0/0"),
                parameters.flag("SKVPCNeedNat", false),
                parameters.list("EIPAllocationIDs", ALLOCATION, "allocation ids of elastic IP addresses"),
                parameters.flag("SelfLockerOn", true),
                required("GloballyUniqueCompanyIdentifier",
                        parameters.text("GloballyUniqueCompanyIdentifier", IDENTIFIER,
                                "2 to 30 of a-z, 0-9 and -, with no - at its ends")),
                parameters.number("ThrottlingRateLimit", 100, 10_000),
                parameters.number("ThrottlingBurstLimit", 200, 5_000), parameters.flag("AdoptExistingStorage", false));
        parameters.checkThatAllWereRead();
        configuration.checkThatItFitsTogether();
        return configuration;
    }

    private void checkThatItFitsTogether() {
        if (mainResources && hsmType == HsmType.cloudhsm && additionalSecurityGroup.isEmpty()) {
            throw Parameters.wrong("AdditionalSecurityGroup",
                    "must be that of the CloudHSM cluster, for ToggleMainResourceCreation is true");
        }
        if (hsmType == HsmType.cloudhsm && !hsmRanges.isEmpty()) {
            throw Parameters.wrong("HsmIpAddresses", "is for the HsmType proteccio only");
        }
        if (!needsNat && !elasticIps.isEmpty()) {
            throw Parameters.wrong("EIPAllocationIDs", "is for NAT gateways, and SKVPCNeedNat is not true");
        }
    }

    private static <T> T required(String name, Optional<T> value) {
        return value.orElseThrow(() -> Parameters.wrong(name, "must be set"));
    }
}
