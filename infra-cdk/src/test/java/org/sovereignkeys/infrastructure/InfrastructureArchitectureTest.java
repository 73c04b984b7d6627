/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.infrastructure;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** A package a nested stack; what they have of each other goes one way. */
@AnalyzeClasses(packages = "org.sovereignkeys.infrastructure", importOptions = DoNotIncludeTests.class)
class InfrastructureArchitectureTest {
    @ArchTest
    static final ArchRule stacksDoNotDependOnEachOtherInCircles = slices()
        .matching("org.sovereignkeys.infrastructure.(*)..")
        .should()
        .beFreeOfCycles();

    @ArchTest
    static final ArchRule theConfigurationKnowsNothingOfTheCdk = classes().that()
        .resideInAPackage("..infrastructure.configuration..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("..infrastructure.configuration..", "java..", "org.jspecify..", "com.fasterxml.jackson..");

    @ArchTest
    static final ArchRule nothingDependsOnTheMainStack = classes().that()
        .resideInAPackage("org.sovereignkeys.infrastructure")
        .should()
        .onlyHaveDependentClassesThat()
        .resideInAPackage("org.sovereignkeys.infrastructure");
}
