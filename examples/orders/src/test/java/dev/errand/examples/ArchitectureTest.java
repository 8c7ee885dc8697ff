package dev.errand.examples;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;

/** Which module and package may use which, and what none may do. Here, because here all modules meet. */
@AnalyzeClasses(packages = "dev.errand", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String[] CORE = {
        "dev.errand",
        "dev.errand.broker..",
        "dev.errand.time..",
        "dev.errand.notices..",
        "dev.errand.client..",
        "dev.errand.worker..",
        "dev.errand.upkeep..",
        "dev.errand.explain..",
        "dev.errand.memory..",
        "dev.errand.schedule..",
        "dev.errand.local.."
    };
    private static final String[] ENGINE = {
        "dev.errand.notices..", "dev.errand.client..", "dev.errand.worker..", "dev.errand.upkeep.."
    };

    @ArchTest
    static final ArchRule coreUsesNothingOfOurs = classes()
            .that()
            .resideInAnyPackage(CORE)
            .should()
            .onlyDependOnClassesThat(
                    resideInAnyPackage(CORE).or(resideInAnyPackage("java..", "org.slf4j..", "org.jspecify..")));

    @ArchTest
    static final ArchRule brokersKnowThePortAndNotTheEngine = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.errand.sql..",
                    "dev.errand.redis..",
                    "dev.errand.nats..",
                    "dev.errand.rabbitmq..",
                    "dev.errand.memory..")
            .should()
            .dependOnClassesThat(resideInAnyPackage(ENGINE));

    @ArchTest
    static final ArchRule metricsKnowThePortAndNoBroker = noClasses()
            .that()
            .resideInAPackage("dev.errand.observe..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("dev.errand.sql..", "dev.errand.memory.."));

    @ArchTest
    static final ArchRule thePortKnowsNeitherEngineNorBrokers = noClasses()
            .that()
            .resideInAnyPackage("dev.errand.broker..", "dev.errand.time..")
            .should()
            .dependOnClassesThat(resideInAnyPackage(ENGINE).or(resideInAPackage("dev.errand.memory..")));

    @ArchTest
    static final ArchRule onlyTheApiKnowsTheEngine =
            noClasses().that(not(resideInAnyPackage(CORE))).should().dependOnClassesThat(resideInAnyPackage(ENGINE));

    @ArchTest
    static final ArchRule theClientDoesNotKnowTheWorker = noClasses()
            .that()
            .resideInAPackage("dev.errand.client..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("dev.errand.worker..", "dev.errand.upkeep.."));

    @ArchTest
    static final ArchRule timeAndRandomnessAreInjected = noClasses()
            .that(resideInAnyPackage(
                    "dev.errand",
                    "dev.errand.broker..",
                    "dev.errand.client..",
                    "dev.errand.worker..",
                    "dev.errand.upkeep..",
                    "dev.errand.explain..",
                    "dev.errand.memory..",
                    "dev.errand.nats..",
                    "dev.errand.rabbitmq..",
                    "dev.errand.redis..",
                    "dev.errand.observe..",
                    "dev.errand.schedule..",
                    "dev.errand.local..",
                    "dev.errand.sql.."))
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callConstructor(Random.class);

    @ArchTest
    static final ArchRule noStateInStatics = noFields()
            .that()
            .areStatic()
            .and()
            .areNotFinal()
            .should()
            .beDeclaredInClassesThat()
            .resideInAPackage("dev.errand..")
            .allowEmptyShould(true);
}
