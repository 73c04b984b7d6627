/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_FIELD_INJECTION;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** The boundaries that docs/architecture.md draws. */
@AnalyzeClasses(packages = "org.sovereignkeys", importOptions = {DoNotIncludeTests.class,
    ArchitectureTest.DoNotIncludeMemoryS3.class})
class ArchitectureTest {
    private static final String[] ADAPTERS = {"..pkcs11..", "..file..", "..memory..", "..s3..", "..dynamodb..",
        "..cloudwatch..", "org.sovereignkeys.*..etcd.."};

    /** A program of its own, on the class path of tests only. */
    static final class DoNotIncludeMemoryS3 implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/memorys3/");
        }
    }

    @ArchTest
    static final ArchRule featuresHaveNoCycles = slices().matching("org.sovereignkeys.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyTheAdapterTouchesTheNativeBinding = noClasses().that()
        .resideOutsideOfPackage("org.sovereignkeys.hsm.pkcs11..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("sun.security.pkcs11..");

    @ArchTest
    static final ArchRule adaptersAreSeenThroughTheirPortsOnly = classes().that()
        .resideInAnyPackage(ADAPTERS)
        .and()
        .areTopLevelClasses() // those within are no more visible than what they are in
        .and()
        .doNotHaveSimpleName("package-info")
        .should()
        .notBePublic();

    @ArchTest
    static final ArchRule onlyAdaptersKnowAws = noClasses().that()
        .resideOutsideOfPackages("org.sovereignkeys.aws", "..s3..", "..dynamodb..", "..cloudwatch..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("software.amazon.awssdk..");

    @ArchTest
    static final ArchRule onlyAdaptersKnowEtcd = noClasses().that()
        .resideOutsideOfPackages("org.sovereignkeys.etcd", "org.sovereignkeys.*..etcd..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.etcd..", "io.grpc..", "io.netty..", "io.vertx..", "org.sovereignkeys.etcd");

    @ArchTest
    static final ArchRule coreKnowsNothingOfHttp = noClasses().that()
        .resideInAnyPackage("org.sovereignkeys.hsm..", "org.sovereignkeys.customer..",
                "org.sovereignkeys.customerkey..",
                "org.sovereignkeys.audit..", "org.sovereignkeys.cluster..", "org.sovereignkeys.secret")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("jakarta.servlet..", "org.springframework.web..", "org.springframework.http..");

    @ArchTest
    static final ArchRule nothingIsInjectedIntoFields = NO_CLASSES_SHOULD_USE_FIELD_INJECTION;

    @ArchTest
    static final ArchRule nothingIsPrinted = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

    @ArchTest
    static final ArchRule oneLoggingFacade = NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

    @ArchTest
    static final ArchRule nothingIsNamedForWantOfAName = noClasses()
        .should()
        .haveSimpleNameEndingWith("Manager")
        .orShould()
        .haveSimpleNameEndingWith("Impl")
        .orShould()
        .haveSimpleNameEndingWith("Helper")
        .orShould()
        .haveSimpleNameContaining("Util");

    @ArchTest
    static final ArchRule everyPackageIsNullMarked = classes()
        .should(new ArchCondition<>("be in a null-marked package") {
            @Override
            public void check(JavaClass javaClass, ConditionEvents events) {
                boolean marked = javaClass.getPackage().isAnnotatedWith(NullMarked.class);
                events.add(new SimpleConditionEvent(javaClass, marked || javaClass.getModifiers()
                    .contains(JavaModifier.SYNTHETIC), javaClass.getPackageName() + " is not null-marked"));
            }
        });
}
