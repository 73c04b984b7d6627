/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure.configuration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ConfigurationTest {
    private static final String LEAST = """
            "HsmType": "proteccio", "ObjectLockMode": "GOVERNANCE", "GloballyUniqueCompanyIdentifier": "acme\"""";

    @TempDir
    Path folder;

    @Test
    void theLeastHasDefaults() throws IOException {
        assertThat(read(LEAST))
            .isEqualTo(new Configuration(false, "t3.small", HsmType.proteccio, Optional.empty(), List.of(),
                    ObjectLockMode.GOVERNANCE, "0.0.0.0/0", false, List.of(), true, "acme", 100, 200, false));
    }

    @Test
    void allThatCanBeSaidIsRead() throws IOException {
        assertThat(read("""
                "ToggleMainResourceCreation": "true", "InstanceType": "m7i.large", "HsmType": "proteccio",
                "AdditionalSecurityGroup": "sg-0123456789abcdef0", "HsmIpAddresses": "10.42.1.12/32, 10.42.2.12/32",
                "ObjectLockMode": "COMPLIANCE", "BastionAuthorizedRange": "1.2.3.4/31", "SKVPCNeedNat": "true",
                "EIPAllocationIDs": "eipalloc-01234567,eipalloc-89abcdef", "SelfLockerOn": "false",
                "GloballyUniqueCompanyIdentifier": "acme", "ThrottlingRateLimit": "7", "ThrottlingBurstLimit": "9",
                "AdoptExistingStorage": "true"
                """))
            .isEqualTo(new Configuration(true, "m7i.large", HsmType.proteccio, Optional.of("sg-0123456789abcdef0"),
                    List.of("10.42.1.12/32", "10.42.2.12/32"), ObjectLockMode.COMPLIANCE, "1.2.3.4/31", true,
                    List.of("eipalloc-01234567", "eipalloc-89abcdef"), false, "acme", 7, 9, true));
    }

    @Test
    void theRepositorysOwnFileLacksNothingButAnIdentifierThatASiteHasAdded() throws IOException {
        Path file = Path.of("../main-configuration.json");
        if (Files.readString(file).contains("GloballyUniqueCompanyIdentifier")) {
            assertThatCode(() -> Configuration.read(file)).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(() -> Configuration.read(file))
                .hasMessageEndingWith("GloballyUniqueCompanyIdentifier must be set");
        }
    }

    @ParameterizedTest(quoteTextArguments = false)
    @CsvSource(delimiter = '|', textBlock = """
            ToggleMainResourceCreation | yes             | must be true or false, not "yes"
            InstanceType               | t4g.small       | must be an instance type of x86-64, as t3.small, not "t4g.small"
            InstanceType               | t3              | must be an instance type of x86-64, as t3.small, not "t3"
            AdditionalSecurityGroup    | my-group        | must be the id of a security group, not "my-group"
            HsmIpAddresses             | 10.42.1.0/24    | must be addresses of the form 10.42.1.12/32, not "10.42.1.0/24"
            HsmIpAddresses             | 10.42.1.256/32  | must be addresses of the form 10.42.1.12/32, not "10.42.1.256/32"
            HsmIpAddresses             | 10.42.1.1/32,   | must be addresses of the form 10.42.1.12/32, not ""
            HsmIpAddresses             | 1.1.1.1/32,1.1.1.2/32,1.1.1.3/32,1.1.1.4/32 | may have three items at most, not 4
            BastionAuthorizedRange     | 1.2.3.4         | must be a range of the form 192.0.2.0/24, not "1.2.3.4"
            BastionAuthorizedRange     | 1.2.3.4/33      | must be a range of the form 192.0.2.0/24, not "1.2.3.4/33"
            EIPAllocationIDs           | 192.0.2.1       | must be allocation ids of elastic IP addresses, not "192.0.2.1"
            EIPAllocationIDs           | eipalloc-01234567 | is for NAT gateways, and SKVPCNeedNat is not true
            ThrottlingRateLimit        | 0               | must be a number from 1 to 10000, not "0"
            ThrottlingBurstLimit       | 5001            | must be a number from 1 to 5000, not 5001
            """)
    void aWrongValueIsNamedWithItsReason(String name, String value, String reason) {
        assertThatThrownBy(() -> read(LEAST + ", \"" + name + "\": \"" + value + '"'))
            .isInstanceOf(ConfigurationException.class)
            .hasMessageEndingWith(": " + name + ' ' + reason);
    }

    @ParameterizedTest(quoteTextArguments = false)
    @CsvSource(delimiter = '|', textBlock = """
            proteccio   | GOVERNANCE | Acme | GloballyUniqueCompanyIdentifier must be 2 to 30 of a-z, 0-9 and -, with no - at its ends, not "Acme"
            luna        | GOVERNANCE | acme | HsmType must be cloudhsm or proteccio, not "luna"
            proteccio   | NONE       | acme | ObjectLockMode must be COMPLIANCE or GOVERNANCE, not "NONE"
            ''          | GOVERNANCE | acme | HsmType must be set
            """)
    void whatMustBeSetIsChecked(String hsm, String mode, String identifier, String message) {
        assertThatThrownBy(() -> read("""
                "HsmType": "%s", "ObjectLockMode": "%s", "GloballyUniqueCompanyIdentifier": "%s\"""".formatted(hsm,
                mode,
                identifier)))
            .hasMessageEndingWith(": " + message);
    }

    @Test
    void aClusterOnCloudHsmNeedsItsSecurityGroup() {
        assertThatThrownBy(
                () -> read(LEAST.replace("proteccio", "cloudhsm") + ", \"ToggleMainResourceCreation\": \"true\""))
            .hasMessageEndingWith(
                    "AdditionalSecurityGroup must be that of the CloudHSM cluster, for ToggleMainResourceCreation is true");
    }

    @Test
    void addressesAreForProteccioOnly() {
        assertThatThrownBy(() -> read(LEAST.replace("proteccio", "cloudhsm") + ", \"HsmIpAddresses\": \"10.0.0.1/32\""))
            .hasMessageEndingWith("HsmIpAddresses is for the HsmType proteccio only");
    }

    @Test
    void aParameterThatDoesNotExistIsNamed() {
        assertThatThrownBy(() -> read(LEAST + ", \"InstanceTyp\": \"t3.small\""))
            .hasMessageEndingWith("There is no parameter InstanceTyp");
    }

    @Test
    void aNumberWithoutQuotesIsNamed() {
        assertThatThrownBy(() -> read(LEAST + ", \"ThrottlingRateLimit\": 7"))
            .hasMessageEndingWith("ThrottlingRateLimit must be a text in quotes");
    }

    @Test
    void aParameterThatStandsTwiceIsRefused() {
        assertThatThrownBy(() -> read(LEAST + ", \"HsmType\": \"proteccio\""))
            .isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("Duplicate");
    }

    @Test
    void whatIsNoJsonIsRefused() {
        assertThatThrownBy(() -> read("]")).isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("is not JSON");
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> Configuration.read(folder.resolve("none.json")))
            .isInstanceOf(ConfigurationException.class)
            .hasMessageContaining("none.json");
    }

    private Configuration read(String parameters) throws IOException {
        return Configuration.read(
                Files.writeString(folder.resolve("main-configuration.json"), "{\"Parameters\": {" + parameters + "}}"));
    }
}
