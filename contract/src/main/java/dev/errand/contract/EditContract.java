package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.InvalidTaskException;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.Capability;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.Intake;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.Receipt;
import dev.errand.broker.TaskEdit;
import dev.errand.broker.TaskStore.EditAnswer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A task that waits can be changed, and postponed. */
@Needs(Capability.EDIT)
abstract class EditContract extends PortContract {
    private EditAnswer edit(String id, TaskEdit edit) {
        return tasks().edit(TaskId.of(id), edit);
    }

    private void edited(String id, TaskEdit edit) {
        assertThat(edit(id, edit)).isEqualTo(EditAnswer.EDITED);
    }

    private Instant millis() {
        return now().truncatedTo(ChronoUnit.MILLIS);
    }

    @Test
    void everythingIsChangedAndTheRestStays() {
        Envelope before = sample("a")
                .withHeaders(Map.of("h", "1"))
                .withNotBefore(millis().plusSeconds(600))
                .envelope();
        store(List.of(before));
        Instant due = millis().plusSeconds(60);
        Instant deadline = millis().plusSeconds(7200);
        TaskEdit all = TaskEdit.NONE
                .withPayload(Sample.text("another"))
                .withQueue("elsewhere")
                .withPriority(7)
                .withDue(due)
                .withMaxAttempts(3)
                .withTimeout(Duration.ofSeconds(9))
                .withDeadline(deadline);
        edited("a", all);
        TaskInfo info = info("a");
        assertThat(info.state()).isEqualTo(TaskState.SCHEDULED);
        assertThat(info.due()).isEqualTo(due);
        assertThat(info.envelope()).isEqualTo(all.applyTo(before));
        assertThat(info.envelope().policy().explicit())
                .containsExactlyInAnyOrder(Policy.Field.MAX_ATTEMPTS, Policy.Field.TIMEOUT);
        assertThat(info.envelope().headers()).containsExactly(Map.entry("h", "1"));
        assertThat(stats().queues()).contains("elsewhere");
    }

    @Test
    void whatIsTakenAfterwardsIsTheEditedTask() {
        store(sample("a"));
        edited("a", TaskEdit.NONE.withPayload(Sample.text("another")).withQueue("elsewhere"));
        assertNothingToTake(intake("w"));
        Delivery taken = take(intake("w2", "elsewhere"), 1, "elsewhere").getFirst();
        assertThat(taken.envelope().payload()).isEqualTo(Sample.text("another"));
        assertThat(taken.lease().queue()).isEqualTo("elsewhere");
        assertThat(taken.envelope().queue()).isEqualTo("elsewhere");
    }

    @Test
    void aPayloadGrowsAndShrinks() {
        store(sample("a"));
        for (int size : new int[] {100_000, 10, 200_000, 150_000, 0}) {
            Payload next = new Payload(new byte[size], "application/x-test", 4);
            edited("a", TaskEdit.NONE.withPayload(next));
            assertThat(info("a").envelope().payload()).isEqualTo(next);
        }
    }

    @Test
    void aReadyTaskThatChangesItsPayloadKeepsItsPlace() {
        store(samples(3));
        edited("t0", TaskEdit.NONE.withPayload(Sample.text("another")).withMaxAttempts(2));
        assertThat(ids(take(intake("w"), 3))).containsExactly("t0", "t1", "t2");
    }

    @Test
    void aReadyTaskThatMovesGoesToTheEndAndIsReadyFromNow() {
        store(
                sample("a"),
                sample("b"),
                sample("c").withQueue("other"),
                sample("d").withQueue("other"));
        pass(Duration.ofMillis(20));
        Instant before = millis();
        edited("a", TaskEdit.NONE.withQueue("other"));
        assertThat(info("a").ready()).isBetween(before, millis());
        assertThat(ids(take(intake("w", "other"), 3, "other"))).containsExactly("c", "d", "a");
    }

    @Test
    @Needs({Capability.EDIT, Capability.PRIORITY})
    void aPriorityIsChanged() {
        store(samples(3));
        edited("t2", TaskEdit.NONE.withPriority(5));
        assertThat(ids(take(intake("w"), 3))).containsExactly("t2", "t0", "t1");
    }

    @Test
    void aReadyTaskIsPostponed() {
        store(sample("a"));
        Instant until = millis().plusMillis(300);
        edited("a", TaskEdit.NONE.withDue(until));
        assertThat(state("a")).isEqualTo(TaskState.SCHEDULED);
        assertThat(info("a").due()).isEqualTo(until);
        assertThat(info("a").ready()).isNull();
        Intake worker = intake("w");
        assertNothingToTake(worker);
        pass(Duration.ofMillis(400));
        assertThat(ids(take(worker, 1))).containsExactly("a");
    }

    @Test
    void aTriedTaskIsPostponedAsOneToBeRetried() {
        store(sample("a"));
        Intake worker = intake("w");
        settled(worker, takeOne(worker), release(Duration.ZERO));
        edited("a", TaskEdit.NONE.withDue(millis().plusSeconds(600)));
        assertThat(state("a")).isEqualTo(TaskState.RETRY);
    }

    @Test
    void aPastTimeMakesItReadyNow() {
        store(sample("a").withNotBefore(now().plusSeconds(600)));
        edited("a", TaskEdit.NONE.withDue(now().minusSeconds(5)));
        assertThat(state("a")).isEqualTo(TaskState.PENDING);
        assertThat(ids(take(intake("w"), 1))).containsExactly("a");
    }

    @Test
    void aPastTimeWakesATakeThatIsBlocked() throws Exception {
        store(sample("a").withNotBefore(now().plusSeconds(600)));
        Intake worker = intake("w");
        FutureTask<List<Delivery>> taking = beside(() -> worker.take(ask(1, Duration.ofMinutes(10))));
        edited("a", TaskEdit.NONE.withDue(now()));
        assertThat(ids(result(taking))).containsExactly("a");
    }

    @Test
    void whatWaitsForItsTimeGoesOnWaiting() {
        Instant due = millis().plusSeconds(600);
        store(sample("later").withNotBefore(due), sample("again"));
        Intake worker = intake("w");
        settled(worker, takeOne(worker), retry(Duration.ofMinutes(10)));
        Instant retry = info("again").due();
        for (String id : List.of("later", "again")) {
            edited(id, TaskEdit.NONE.withQueue("other").withPriority(3).withPayload(Sample.text("another")));
        }
        assertThat(state("later")).isEqualTo(TaskState.SCHEDULED);
        assertThat(info("later").due()).isEqualTo(due);
        assertThat(state("again")).isEqualTo(TaskState.RETRY);
        assertThat(info("again").due()).isEqualTo(retry);
    }

    @Test
    void theHistoryStays() {
        store(sample("a"));
        Intake worker = intake("w");
        Delivery taken = takeOne(worker);
        Envelope failed =
                taken.envelope().withHistory(taken.envelope().history().failed(failure("broken", 1)));
        worker.settle(List.of(new dev.errand.broker.Outcome(taken.lease(), failed, retry(Duration.ofMinutes(1)))));
        edited("a", TaskEdit.NONE.withPayload(Sample.text("repaired")).withDue(now()));
        assertThat(takeOne(worker).envelope().history()).isEqualTo(failed.history());
    }

    @Test
    void onlyWhatWaitsIsChanged() {
        store(sample("running"));
        Intake worker = intake("w");
        takeOne(worker);
        kill(intake("w2", "q"), sample("dead").withQueue("q"), "dead");
        TaskEdit edit = TaskEdit.NONE.withPayload(Sample.text("another"));
        assertThat(edit("running", edit)).isEqualTo(EditAnswer.NOT_WAITING);
        assertThat(edit("dead", edit)).isEqualTo(EditAnswer.NOT_WAITING);
        assertThat(edit("unknown", edit)).isEqualTo(EditAnswer.UNKNOWN);
        assertThat(info("dead").envelope().payload()).isEqualTo(Sample.text("payload of dead"));
    }

    @Test
    @Needs({Capability.EDIT, Capability.UNIQUE})
    void theUniqueKeyIsUntouched() {
        store(sample("a").withUnique("key", Duration.ZERO));
        edited("a", TaskEdit.NONE.withPayload(Sample.text("another")).withQueue("other"));
        assertThat(broker.enqueue(
                        List.of(sample("b").withUnique("key", Duration.ZERO).envelope())))
                .containsExactly(new Receipt.Duplicate(TaskId.of("a")));
    }

    @Test
    void whatCannotBeIsRefusedWithItsName() {
        assertRefused("queue", null, () -> TaskEdit.NONE.withQueue(" "));
        assertRefused("priority", "101", () -> TaskEdit.NONE.withPriority(101));
        assertRefused("attempts", "0", () -> TaskEdit.NONE.withMaxAttempts(0));
        assertRefused("timeout", "PT0S", () -> TaskEdit.NONE.withTimeout(Duration.ZERO));
    }

    private static void assertRefused(String what, @Nullable String value, Runnable edit) {
        assertThatThrownBy(edit::run)
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining(what)
                .hasMessageContaining(value == null ? "" : value);
    }
}
