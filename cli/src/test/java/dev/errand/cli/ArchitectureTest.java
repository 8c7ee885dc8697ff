package dev.errand.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The command line knows what core exports, and no broker. */
@AnalyzeClasses(packages = "dev.errand.cli", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule theCommandLineKnowsPortsAndNoBroker = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.errand",
                    "dev.errand.broker..",
                    "dev.errand.cli..",
                    "dev.errand.explain..",
                    "dev.errand.schedule..",
                    "dev.errand.time..",
                    "java..",
                    "org.jspecify..",
                    "org.slf4j..",
                    "picocli..",
                    "tools.jackson.core..");

    @ArchTest
    static final ArchRule whatIsShownDoesNotKnowTheCommands = noClasses()
            .that()
            .resideInAnyPackage("dev.errand.cli.text..", "dev.errand.cli.log..", "dev.errand.cli.watch..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.errand.cli");

    @ArchTest
    static final ArchRule noStateInStatics = noFields()
            .that()
            .areStatic()
            .and()
            .areNotFinal()
            .should()
            .beDeclaredInClassesThat()
            .resideInAPackage("dev.errand.cli..")
            .allowEmptyShould(true);
}
