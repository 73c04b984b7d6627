/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.authorizer;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/** The rules at the root, the adapters below. */
@AnalyzeClasses(packages = "org.sovereignkeys.authorizer", importOptions = DoNotIncludeTests.class)
class AuthorizerArchitectureTest {
    @ArchTest
    static final ArchRule theRulesKnowNothingOfAwsAndLambda = classes().that()
        .resideInAPackage("org.sovereignkeys.authorizer")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("org.sovereignkeys.authorizer", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule theAdaptersKnowNothingOfLambda = noClasses().that()
        .resideInAPackage("..authorizer.aws..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("..authorizer.lambda..", "com.amazonaws.services.lambda..", "org.crac..");

    @ArchTest
    static final ArchRule nothingBringsSpringOrAnotherHttpClient = noClasses().should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.springframework..", "software.amazon.awssdk.services.ec2..",
                "software.amazon.awssdk.http.nio..", "software.amazon.awssdk.http.apache..",
                "software.amazon.awssdk.http.apache5..");
}
