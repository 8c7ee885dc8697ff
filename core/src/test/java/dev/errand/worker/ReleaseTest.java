package dev.errand.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.Errand;
import dev.errand.Health;
import dev.errand.Release;
import dev.errand.TaskId;
import dev.errand.TaskState;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.memory.MemoryBroker;
import dev.errand.time.Time;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ReleaseTest {
    private static final TaskType<String> WORK =
            TaskType.of("work", String.class).retention(Duration.ofHours(1));

    @Test
    void aTaskThatReleasesItselfWithoutDelayLetsOthersRun() {
        AtomicBoolean other = new AtomicBoolean();
        try (Time time = Time.system();
                MemoryBroker broker = new MemoryBroker(time, new Random(1));
                Errand errand = Errand.over(broker, c -> c.time(time))) {
            errand.enqueue(WORK, "greedy");
            TaskId second = errand.enqueue(WORK, "second").id();
            try (Worker worker = errand.worker()
                    .concurrency(1)
                    .handle(WORK, (name, task) -> {
                        if (name.equals("greedy") && !other.get()) {
                            throw new Release(Duration.ZERO);
                        }
                        other.set(true);
                    })
                    .start()) {
                Eventually.that(
                        "the other has run",
                        () -> errand.tasks().find(second).orElseThrow().state() == TaskState.COMPLETED);
                assertThat(worker.health().state()).isEqualTo(Health.State.RUNNING);
            }
        }
    }
}
