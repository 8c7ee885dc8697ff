package dev.errand.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.DeadCause;
import dev.errand.TaskId;
import dev.errand.broker.DeadLetters;
import dev.errand.broker.Delivery;
import dev.errand.broker.Intake;
import dev.errand.broker.Outcome;
import dev.errand.broker.TaskStore;
import dev.errand.broker.Upkeep.DeadLetterLimits;
import dev.errand.broker.Upkeep.Pruned;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found by reading and deleted later. */
class PruningTest {
    private static final DeadLetterLimits TWO = new DeadLetterLimits(Duration.ofDays(90), 2);

    @TempDir
    Path dir;

    @Test
    void twoWhoFoundTheSameDeleteItOnce() {
        try (SqlBroker broker = Fixtures.open(dir.resolve("e.db"));
                Intake worker = broker.open(Fixtures.worker("w"), new Fixtures.Told())) {
            for (String id : List.of("a", "b", "c", "d")) {
                broker.enqueue(List.of(Fixtures.task(id)));
                die(worker);
            }
            Pruning pruning = new Pruning();
            Pruning.Found one = look(broker, pruning);
            Pruning.Found other = look(broker, pruning);
            assertThat(one.isNothing()).isFalse();
            assertThat(prune(broker, one)).isEqualTo(new Pruned(0, 2));
            assertThat(prune(broker, other)).isEqualTo(new Pruned(0, 0));
            assertThat(look(broker, pruning).isNothing()).isTrue();
        }
    }

    @Test
    void whatWasRedrivenMeanwhileStays() {
        try (SqlBroker broker = Fixtures.open(dir.resolve("e.db"));
                Intake worker = broker.open(Fixtures.worker("w"), new Fixtures.Told())) {
            for (String id : List.of("a", "b", "c")) {
                broker.enqueue(List.of(Fixtures.task(id)));
                die(worker);
            }
            Pruning.Found found = look(broker, new Pruning());
            DeadLetters dead = broker.extension(DeadLetters.class).orElseThrow();
            assertThat(dead.redrive(TaskId.of("a"))).isTrue();
            assertThat(prune(broker, found)).isEqualTo(new Pruned(0, 0));
            TaskStore tasks = broker.extension(TaskStore.class).orElseThrow();
            assertThat(tasks.find(TaskId.of("a"))).isPresent();
        }
    }

    private static Pruning.Found look(SqlBroker broker, Pruning pruning) {
        return broker.readers()
                .read(session ->
                        pruning.look(session, TWO, Millis.of(broker.time().now()), 10));
    }

    private static Pruned prune(SqlBroker broker, Pruning.Found found) {
        return broker.writer().call(1, tx -> Pruning.prune(tx, found, 10));
    }

    private static void die(Intake worker) {
        Delivery taken = Fixtures.take(worker, 1).getFirst();
        worker.settle(List.of(
                new Outcome(taken.lease(), taken.envelope(), new Outcome.Verdict.Dead(DeadCause.REFUSED, "no"))));
    }
}
