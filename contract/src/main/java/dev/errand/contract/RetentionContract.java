package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.TaskState;
import dev.errand.broker.Capability;
import dev.errand.broker.Intake;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.broker.Upkeep;
import dev.errand.broker.Upkeep.DeadLetterLimits;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What has ended is kept as long as asked for, and not longer. */
@Needs({Capability.RETENTION, Capability.FIND})
@Given(Facility.VIRTUAL_TIME)
abstract class RetentionContract extends PortContract {
    private static final DeadLetterLimits LIMITS = new DeadLetterLimits(Duration.ofDays(90), 3);

    private int prune(int max) {
        return part(Upkeep.class).prune(LIMITS, max).ended();
    }

    private void complete(Intake worker, String id, Duration retention) {
        store(sample(id));
        settled(worker, takeOne(worker), doneKept(null, retention));
    }

    @Test
    void aCompletedTaskGoesAfterItsRetentionAndNotBefore() {
        complete(intake("w"), "a", Duration.ofHours(1));
        pass(Duration.ofHours(1).minusMillis(1));
        assertThat(prune(100)).isZero();
        assertThat(state("a")).isEqualTo(TaskState.COMPLETED);
        pass(Duration.ofMillis(2));
        assertThat(prune(100)).isEqualTo(1);
        assertThat(find("a")).isEmpty();
    }

    @Test
    void aCancelledTaskGoesAfterItsRetention() {
        store(sample("a"));
        Intake worker = intake("w");
        settled(worker, takeOne(worker), new Verdict.Cancel("no", Duration.ofMinutes(5)));
        pass(Duration.ofMinutes(4));
        assertThat(prune(100)).isZero();
        pass(Duration.ofMinutes(2));
        assertThat(prune(100)).isEqualTo(1);
        assertThat(find("a")).isEmpty();
    }

    @Test
    void eachHasItsOwnRetention() {
        Intake worker = intake("w");
        complete(worker, "long", Duration.ofDays(30));
        complete(worker, "short", Duration.ofMinutes(1));
        pass(Duration.ofMinutes(2));
        assertThat(prune(100)).isEqualTo(1);
        assertThat(find("short")).isEmpty();
        assertThat(state("long")).isEqualTo(TaskState.COMPLETED);
    }

    @Test
    void pruningIsBounded() {
        Intake worker = intake("w");
        for (int i = 0; i < 7; i++) {
            complete(worker, "t" + i, Duration.ofMinutes(1));
        }
        pass(Duration.ofMinutes(2));
        assertThat(prune(3)).isEqualTo(3);
        assertThat(prune(3)).isEqualTo(3);
        assertThat(prune(3)).isEqualTo(1);
        assertThat(prune(3)).isZero();
    }

    @Test
    void whatHasNotEndedIsNeverPruned() {
        Intake worker = intake("w");
        store(sample("active"));
        takeOne(worker);
        store(sample("ready"), sample("later").withNotBefore(now().plus(Duration.ofDays(300))));
        pass(Duration.ofDays(200));
        prune(100);
        assertThat(state("active")).isEqualTo(TaskState.ACTIVE);
        assertThat(state("ready")).isEqualTo(TaskState.PENDING);
        assertThat(state("later")).isEqualTo(TaskState.SCHEDULED);
    }

    @Test
    void cancelledTasksBeyondTheLimitOfAQueueGo() {
        Intake worker = intake("w");
        for (int i = 0; i < 5; i++) {
            store(sample("t" + i));
            settled(worker, takeOne(worker), new Verdict.Cancel("no", Duration.ofDays(365)));
            pass(Duration.ofSeconds(1));
        }
        while (prune(100) > 0) {
            pass(Duration.ofMillis(1));
        }
        assertThat(find("t0")).isEmpty();
        assertThat(find("t1")).isEmpty();
        assertThat(find("t2")).isPresent();
        assertThat(find("t4")).isPresent();
    }
}
