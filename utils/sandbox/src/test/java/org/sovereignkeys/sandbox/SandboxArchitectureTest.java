/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.sandbox;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** The parts know of the network, and nothing of each other. */
@AnalyzeClasses(packages = "org.sovereignkeys.sandbox", importOptions = DoNotIncludeTests.class)
class SandboxArchitectureTest {
    @ArchTest
    static final ArchRule partsHaveNoCycles = slices().matching("org.sovereignkeys.sandbox.(*)..")
        .should()
        .beFreeOfCycles();

    @ArchTest
    static final ArchRule theNetworkKnowsNoPart = noClasses().that()
        .resideInAPackage("..sandbox.network..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("..sandbox.gateway..", "..sandbox.metadata..", "..sandbox.aws..");

    @ArchTest
    static final ArchRule gatewayAndMetadataServiceKnowNoAwsAndNoAuthorizer = noClasses().that()
        .resideInAnyPackage("..sandbox.gateway..", "..sandbox.metadata..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("software.amazon..", "org.sovereignkeys.authorizer..", "..sandbox.aws..");
}
