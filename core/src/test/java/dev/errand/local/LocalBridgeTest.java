package dev.errand.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.CapabilityException;
import dev.errand.ConfigurationException;
import dev.errand.Errand;
import dev.errand.ReturningTaskType;
import dev.errand.TaskHandler;
import dev.errand.TaskSink;
import dev.errand.TaskType;
import dev.errand.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LocalBridgeTest {
    private static final TaskType<String> NOTE = TaskType.of("note", String.class);
    private static final ReturningTaskType<String, Integer> LENGTH =
            TaskType.of("length", String.class).returning(Integer.class);

    private final ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
    private final TaskHandler<String> handler =
            (note, task) -> seen.add(note + " " + task.queue() + " " + task.attempt());

    @Test
    void theSameTypeAndHandlerRunHereOrByABroker() {
        try (Errand errand = Errand.connect("memory:");
                Worker worker = errand.worker().handle(NOTE, handler).start();
                LocalTasks local =
                        LocalTasks.named("here").handle(NOTE, handler).build()) {
            for (TaskSink sink : List.of(errand, local)) {
                sink.enqueue(NOTE, "hello");
            }
            Eventually.that("both ran", () -> seen.size() == 2);
            assertThat(worker.health().running()).isBetween(0, 1);
        }
        assertThat(seen).containsExactlyInAnyOrder("hello default 1", "hello here 1");
    }

    @Test
    void aTypeWithAResultAnswersIt() throws Exception {
        try (LocalTasks local = LocalTasks.named("here")
                .handle(LENGTH, (text, task) -> text.length())
                .build()) {
            assertThat(local.submit(LENGTH, "four").result()).isEqualTo(4);
            assertThatThrownBy(() -> local.enqueue(NOTE, "x"))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("note");
        }
    }

    @Test
    void overflowsToTheBroker() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (Errand errand = Errand.connect("memory:");
                LocalTasks local = LocalTasks.named("here")
                        .permits(1)
                        .waitingRoom(0)
                        .handle(NOTE, (note, task) -> go.await())
                        .build()) {
            TaskSink sink = local.orDurable(errand);
            sink.enqueue(NOTE, "runs here");
            sink.enqueue(NOTE, "goes to the broker");
            assertThat(errand.queues().depth("default")).isOne();
            go.countDown();
            local.close();
            sink.enqueue(NOTE, "goes there too");
            assertThat(errand.queues().depth("default")).isEqualTo(2);
        }
    }

    @Test
    void leftoversCanBeStored() {
        List<Leftover> lambdas = new ArrayList<>();
        CountDownLatch running = new CountDownLatch(1);
        try (Errand errand = Errand.connect("memory:")) {
            LocalTasks local = LocalTasks.named("here")
                    .permits(1)
                    .handle(NOTE, handler)
                    .onLeftover(
                            left -> left.type().ifPresentOrElse(type -> left.enqueue(errand), () -> lambdas.add(left)))
                    .build();
            local.run("block", () -> {
                running.countDown();
                new CountDownLatch(1).await();
            });
            Eventually.await(running);
            local.enqueue(NOTE, "one");
            local.enqueue(NOTE, "two");
            assertThat(local.stop(Duration.ZERO, Duration.ofSeconds(10)).leftovers())
                    .hasSize(3);
            assertThat(errand.queues().depth("default")).isEqualTo(2);
            assertThat(lambdas)
                    .singleElement()
                    .satisfies(left -> assertThatThrownBy(() -> left.enqueue(errand))
                            .isInstanceOf(CapabilityException.class)
                            .hasMessageContaining("lambda"));
        }
    }

    @Test
    void uniqueTypesAreRefusedAtTheStart() {
        assertThatThrownBy(() -> LocalTasks.named("x").handle(NOTE.unique(Duration.ofHours(1)), handler))
                .isInstanceOf(CapabilityException.class)
                .hasMessageContaining("worker");
    }
}
