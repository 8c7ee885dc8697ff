package dev.errand.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.DeadCause;
import dev.errand.broker.EventPattern;
import dev.errand.broker.Intake;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.ScheduleStore;
import dev.errand.broker.Subscriptions.Start;
import dev.errand.explain.Finding.Level;
import dev.errand.schedule.Definition;
import dev.errand.schedule.Every;
import dev.errand.schedule.Missed;
import dev.errand.schedule.Overlap;
import dev.errand.schedule.Template;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DoctorTest {
    private static final String DEFINITION = new Definition(
                    Every.of(Duration.ofHours(1)),
                    Overlap.ALLOW,
                    Missed.once(),
                    Duration.ZERO,
                    new Template(
                            "mail",
                            "q",
                            0,
                            new Policy(25, Duration.ofMinutes(30), Duration.ZERO, Set.of()),
                            null,
                            null,
                            Map.of()),
                    Map.of())
            .text();

    private final Scene scene = new Scene();

    @AfterEach
    void stop() {
        scene.close();
    }

    private Finding find(String code) {
        List<Finding> all = scene.examine();
        return all.stream()
                .filter(finding -> finding.code().equals(code))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + code + " among " + all));
    }

    private void findsNot(String code) {
        assertThat(scene.examine()).extracting(Finding::code).doesNotContain(code);
    }

    @Test
    void aHealthyBrokerHasNothingBad() {
        Intake worker = scene.worker("w");
        worker.renew(List.of());
        Checkup checkup = new Doctor(scene.broker, scene.time).examine();
        assertThat(checkup.worst()).as("memory keeps nothing").isEqualTo(Level.WARN);
        assertThat(checkup.findings())
                .filteredOn(f -> f.level() != Level.OK)
                .extracting(Finding::code)
                .containsExactly("durability");
        assertThat(checkup.findings())
                .extracting(Finding::code)
                .contains("reachable", "workers", "queues", "dead-letters");
    }

    @Test
    void aScheduleThatCannotBeUsedIsNamed() {
        ScheduleStore schedules = scene.broker.extension(ScheduleStore.class).orElseThrow();
        schedules.put(ScheduleStore.Stored.damaged("nightly", scene.time.now(), "no JSON", 0), 0);
        scene.time.advance(Duration.ofHours(1));
        assertThat(find("schedule-unusable").what()).contains("nightly", "no JSON");
        findsNot("schedule-overdue");
    }

    @Test
    void aDeclaredScheduleIsForgottenOnceItsWorkerIsGone() {
        ScheduleStore schedules = scene.broker.extension(ScheduleStore.class).orElseThrow();
        ScheduleStore.Stored declared = new ScheduleStore.Stored(
                "nightly",
                DEFINITION,
                Payload.EMPTY,
                scene.time.now(),
                null,
                List.of(),
                false,
                null,
                "fingerprint",
                scene.time.now(),
                0);
        schedules.put(declared, 0);
        Intake worker = scene.worker("w");
        scene.time.advance(Duration.ofDays(3));
        worker.renew(List.of());
        findsNot("schedule-undeclared");
        worker.close();
        scene.worker("other");
        assertThat(find("schedule-undeclared").what()).contains("nightly");
    }

    @Test
    void workersMustLiveAndBeHeardOf() {
        assertThat(find("no-worker").level()).isEqualTo(Level.BAD);
        Intake worker = scene.worker("w");
        findsNot("no-worker");
        scene.time.advance(Duration.ofSeconds(31));
        assertThat(find("worker-silent").what()).contains("process 42 on desk", "31 s");
        worker.renew(List.of());
        findsNot("worker-silent");
    }

    @Test
    void queuesMustBeServedAndNotLag() {
        Intake worker = scene.worker("w");
        scene.store(scene.task("a"), scene.task("b").withQueue("lonely"));
        scene.store(scene.task("c")
                .withQueue("lonely")
                .withNotBefore(scene.time.now().plusSeconds(60)));
        assertThat(find("queue-unserved").what()).contains("lonely holds 2 waiting tasks (1 ready)");
        findsNot("queue-lags");
        scene.time.advance(Duration.ofMinutes(6));
        assertThat(find("queue-lags").what()).contains("queue q has been ready for 6 min");
        assertThat(find("overdue").what()).contains("1 task should have", "such as c");
        scene.queues().pause("q");
        findsNot("queue-lags");
        assertThat(find("queue-paused").level()).isEqualTo(Level.OK);
        scene.time.advance(Duration.ofHours(2));
        assertThat(find("queue-paused").level()).isEqualTo(Level.WARN);
        worker.close();
    }

    @Test
    void typesMustBeKnownToTheWorkersOfTheirQueue() {
        scene.worker("w", Map.of("q", 1), false, 1, "report");
        scene.store(scene.task("a"), scene.task("b"));
        assertThat(find("type-unknown").what()).contains("type mail (2 waiting tasks)");
        Intake able = scene.worker("able");
        findsNot("type-unknown");
        scene.take(able);
        scene.take(able);
        assertThat(find("worker-full").what()).contains("able", "2 of 2");
        scene.time.advance(Duration.ofMinutes(32));
        assertThat(find("task-stuck").details()).hasSize(2);
    }

    @Test
    void subscriptionsMustBeServedAndNotForgotten() {
        scene.worker("w");
        findsNot("subscriptions");
        scene.events().subscribe("stock", Set.of(EventPattern.of("mail")), Start.NOW);
        scene.events().subscribe("idle", Set.of(EventPattern.of("other")), Start.NOW);
        findsNot("subscription-unserved");
        scene.events().publish(List.of(scene.task("e")));
        scene.time.advance(Duration.ofSeconds(9));
        assertThat(find("subscription-unserved").what())
                .contains("stock holds 1 waiting task, and no living worker serves it", "9.0 s ago");
        findsNot("queue-unserved");
        scene.worker("s", Map.of("sub:stock", 1), false, 1, "mail");
        findsNot("subscription-unserved");
        findsNot("subscription-forgotten");
        assertThat(find("subscriptions").what()).contains("2 subscriptions");
        scene.time.advance(Duration.ofHours(25));
        assertThat(find("subscription-forgotten").what()).contains("idle", "25 h", "holds 0 waiting tasks");
        assertThat(scene.examine())
                .filteredOn(f -> f.code().equals("subscription-forgotten"))
                .as("stock is served")
                .hasSize(1);
    }

    @Test
    void aPatternKnowsItsEvents() {
        scene.worker("w", Map.of("q", 1), false, 1, "ma*", "*");
        scene.store(scene.task("a"));
        findsNot("type-unknown");
        scene.worker("v", Map.of("p", 1), false, 1, "ma*", "*.*");
        scene.store(scene.task("b").withQueue("p"));
        assertThat(find("type-unknown").what()).contains("queue p", "type mail");
    }

    @Test
    void deadLettersAreCountedByCauseAndTrend() {
        Intake worker = scene.worker("w");
        assertThat(find("dead-letters").what()).isEqualTo("There are no dead letters.");
        die(worker, 3, DeadCause.EXHAUSTED);
        assertThat(find("dead-letters").level()).isEqualTo(Level.WARN);
        assertThat(find("dead-letters").details()).containsExactly("3 EXHAUSTED in the queue q, type mail");
        scene.time.advance(Duration.ofHours(30));
        assertThat(find("dead-letters").level()).isEqualTo(Level.OK);
        die(worker, 12, DeadCause.REFUSED);
        assertThat(find("dead-letters-rise").level()).isEqualTo(Level.BAD);
        assertThat(find("dead-letters-rise").details()).first().asString().startsWith("12 REFUSED");
    }

    private void die(Intake worker, int count, DeadCause cause) {
        for (int i = 0; i < count; i++) {
            scene.store(scene.task(cause + "-" + i));
            scene.die(worker, scene.take(worker), cause);
        }
    }
}
