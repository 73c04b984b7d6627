/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.node;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** The rules by themselves, each technology in its package. */
@AnalyzeClasses(packages = "org.sovereignkeys.node", importOptions = DoNotIncludeTests.class)
class NodeArchitectureTest {
    @ArchTest
    static final ArchRule theRulesKnowNothingOfAwsEtcdAndNetworks = classes().that()
        .resideInAPackage("..node.membership..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("..node.membership..", "java.lang..", "java.time..", "java.util..", "org.jspecify..");

    @ArchTest
    static final ArchRule awsIsAskedInOnePlace = noClasses().that()
        .resideOutsideOfPackage("..node.aws..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("software.amazon.awssdk..");

    @ArchTest
    static final ArchRule etcdIsAskedInOnePlace = noClasses().that()
        .resideOutsideOfPackage("..node.etcd..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.etcd..", "io.vertx..", "io.netty..");

    /** It may be set at any moment, by hours; certificates alone go by it. */
    @ArchTest
    static final ArchRule nothingWaitsByTheTimeOfDay = noClasses().that()
        .resideOutsideOfPackage("..node.certificate..")
        .and()
        .haveNameNotMatching(".*\\.(RunningNode|Keeper(\\$Tools)?|Status)")
        .should()
        .dependOnClassesThat()
        .haveNameMatching("java\\.time\\.(Instant|InstantSource|Clock)")
        .orShould()
        .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule thereAreNoCycles = slices().matching("org.sovereignkeys.node.(*)..")
        .should()
        .beFreeOfCycles();
}
