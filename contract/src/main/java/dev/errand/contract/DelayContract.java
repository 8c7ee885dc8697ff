package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.Errand;
import dev.errand.TaskState;
import dev.errand.TaskType;
import dev.errand.broker.Capability;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.Intake;
import dev.errand.broker.Upkeep;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** A task is never early, and late by at most the declared granularity. */
abstract class DelayContract extends PortContract {
    /** Beyond the granularity, for a busy machine. */
    private static final Duration TOLERANCE = Duration.ofMillis(1_500);

    @Test
    void aDelayedTaskIsNotReady() {
        store(sample("a").withNotBefore(now().plusSeconds(3600)));
        Intake worker = intake("w");
        assertNothingToTake(worker);
        assertThat(stats().depth(Sample.QUEUE)).isZero();
    }

    @Test
    void aDelayedTaskIsReadyWhenItIsDue() {
        Instant due = now().plusMillis(800).truncatedTo(ChronoUnit.MILLIS);
        store(sample("a").withNotBefore(due));
        Intake worker = intake("w");
        assertNothingToTake(worker);
        pass(Duration.ofMillis(800));
        Delivery taken = takeOne(worker);
        assertThat(now()).isAfterOrEqualTo(due);
        assertThat(now())
                .isBeforeOrEqualTo(due.plus(stage.profile().granularity()).plus(TOLERANCE));
        assertThat(taken.envelope().notBefore()).isEqualTo(due);
    }

    @Test
    @Given(Facility.VIRTUAL_TIME)
    void notAMillisecondEarlyAndNotOneLate() {
        store(sample("a").withNotBefore(now().plusMillis(1_000)));
        Intake worker = intake("w");
        pass(Duration.ofMillis(999));
        assertNothingToTake(worker);
        pass(stage.profile().granularity());
        assertThat(ids(takeNow(worker))).containsExactly("a");
    }

    private List<Delivery> takeNow(Intake worker) {
        upkeep(Upkeep.class).ifPresent(u -> u.promote(100));
        return worker.take(ask(100, Duration.ZERO));
    }

    @Test
    @Given(Facility.VIRTUAL_TIME)
    void aFractionOfAMillisecondIsRoundedUp() {
        store(sample("a").withNotBefore(now().plusNanos(1)));
        Intake worker = intake("w");
        assertNothingToTake(worker);
        pass(Duration.ofMillis(1));
        assertThat(ids(takeNow(worker))).containsExactly("a");
    }

    @Test
    void aPastTimeMeansAtOnce() {
        store(sample("a").withNotBefore(now().minusSeconds(10)), sample("b").withNotBefore(Instant.EPOCH));
        assertThat(ids(take(intake("w"), 2))).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void aYearIsAccepted() {
        store(sample("a").withNotBefore(now().plus(Duration.ofDays(366))));
        assertNothingToTake(intake("w"));
    }

    @Test
    @Needs(Capability.FIND)
    void aYearIsKeptToTheMillisecond() {
        Instant due = now().plus(Duration.ofDays(366)).truncatedTo(ChronoUnit.MILLIS);
        store(sample("a").withNotBefore(due));
        assertThat(state("a")).isEqualTo(TaskState.SCHEDULED);
        assertThat(info("a").due()).isEqualTo(due);
    }

    @Test
    @Given(Facility.VIRTUAL_TIME)
    void aYearPasses() {
        store(sample("a").withNotBefore(now().plus(Duration.ofDays(366))));
        Intake worker = intake("w");
        pass(Duration.ofDays(366).minusMillis(1));
        worker.renew(List.of());
        assertNothingToTake(worker);
        pass(Duration.ofMillis(1));
        assertThat(ids(takeNow(worker))).containsExactly("a");
    }

    @Test
    @Given({Facility.VIRTUAL_TIME, Facility.ORDER})
    void tasksBecomeReadyInTheOrderOfTheirTimes() {
        store(
                sample("third").withNotBefore(now().plusSeconds(3)),
                sample("first").withNotBefore(now().plusSeconds(1)),
                sample("second").withNotBefore(now().plusSeconds(2)));
        pass(Duration.ofSeconds(5));
        assertThat(ids(takeNow(intake("w")))).containsExactly("first", "second", "third");
    }

    @Test
    void tenThousandTasksDueAtOneInstantAllCome() {
        Instant due = now().plusMillis(1_500);
        List<Envelope> batch = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            batch.add(sample("t" + i).withNotBefore(due).envelope());
        }
        for (int from = 0; from < batch.size(); from += 1_000) {
            store(batch.subList(from, from + 1_000));
        }
        Intake worker = intake("w");
        pass(Duration.ofMillis(1_500));
        List<Delivery> taken = take(worker, 10_000);
        assertThat(now()).isAfterOrEqualTo(due);
        assertThat(ids(taken)).doesNotHaveDuplicates().hasSize(10_000);
        assertNothingToTake(worker);
    }

    @Test
    @Given(Facility.VIRTUAL_TIME)
    void aPromotionIsBoundedAndSaysWhenToComeAgain() {
        for (int i = 0; i < 5; i++) {
            store(sample("t" + i).withNotBefore(now().plusSeconds(1)));
        }
        Instant later = now().plusSeconds(60).truncatedTo(ChronoUnit.MILLIS);
        store(sample("later").withNotBefore(later));
        pass(Duration.ofSeconds(2));
        Upkeep upkeep = part(Upkeep.class);
        assertThat(upkeep.promote(3).promoted()).isEqualTo(3);
        assertThat(upkeep.promote(3).promoted()).isEqualTo(2);
        Upkeep.Due nothing = upkeep.promote(3);
        assertThat(nothing.promoted()).isZero();
        assertThat(nothing.next()).contains(later);
        assertThat(ids(takeNow(intake("w")))).hasSize(5);
    }

    @Test
    void anEarlierTaskIsAnnouncedToWorkers() {
        Told told = new Told();
        intake(told, "w");
        store(sample("far").withNotBefore(now().plusSeconds(600)));
        if (upkeep(Upkeep.class).isPresent()) {
            Await.until("the worker is told to look again", () -> told.due.get() > 0);
            int before = told.due.get();
            store(sample("near").withNotBefore(now().plusSeconds(60)));
            Await.until("the worker is told of the earlier one", () -> told.due.get() > before);
        } else {
            assertNothingToTake(intake("other"));
        }
    }

    @Test
    @Needs({Capability.RUN_NOW, Capability.FIND})
    void aScheduledTaskCanBeRunNow() {
        store(sample("a").withNotBefore(now().plusSeconds(3600)), sample("b"));
        assertThat(tasks().runNow(dev.errand.TaskId.of("a"))).isTrue();
        assertThat(state("a")).isEqualTo(TaskState.PENDING);
        assertThat(tasks().runNow(dev.errand.TaskId.of("a")))
                .as("it is ready already")
                .isFalse();
        assertThat(ids(take(intake("w"), 2))).containsExactly("b", "a");
        assertThat(tasks().runNow(dev.errand.TaskId.of("a"))).as("it runs").isFalse();
        assertThat(tasks().runNow(dev.errand.TaskId.of("unknown"))).isFalse();
    }

    @Test
    @Needs(Capability.RUN_NOW)
    void aTaskWaitingForItsRetryCanBeRunNow() {
        store(sample("a"));
        Intake worker = intake("w");
        settled(worker, takeOne(worker), retry(Duration.ofHours(1)));
        assertNothingToTake(worker);
        assertThat(tasks().runNow(dev.errand.TaskId.of("a"))).isTrue();
        assertThat(ids(take(worker, 1))).containsExactly("a");
    }

    @Test
    void aWorkerRunsDelayedTasksOnTime() {
        TaskType<String> type = TaskType.of("delayed", String.class);
        Map<String, Instant> started = new ConcurrentHashMap<>();
        Errand errand = stage.connect(c -> {});
        stage.closing(errand.worker()
                .handle(type, (name, task) -> started.put(name, Instant.now()))
                .start());
        Map<String, Instant> due = new HashMap<>();
        // The later ones first, so that each earlier one has to wake the timekeeper.
        for (int i = 20; i > 0; i--) {
            Duration delay = Duration.ofMillis(100L * i);
            Instant asked = Instant.now();
            errand.enqueue(type, "t" + i, o -> o.delay(delay));
            due.put("t" + i, asked.plus(delay).truncatedTo(ChronoUnit.MILLIS));
        }
        Await.until("all have run", () -> started.size() == 20);
        due.forEach((name, at) -> {
            assertThat(started.get(name)).as(name + " is not early").isAfterOrEqualTo(at);
            assertThat(started.get(name))
                    .as(name + " is on time")
                    .isBeforeOrEqualTo(at.plus(stage.profile().granularity()).plus(TOLERANCE));
        });
    }
}
