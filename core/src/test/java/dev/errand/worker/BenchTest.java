package dev.errand.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.TaskId;
import dev.errand.TaskType;
import dev.errand.broker.AttemptToken;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.Lease;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.TakeRequest.Demand;
import dev.errand.worker.Bench.Seat;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BenchTest {
    private static final TaskType<String> FREE = TaskType.of("free", String.class);
    private static final TaskType<String> TIGHT =
            TaskType.of("tight", String.class).alias("narrow");

    private final HandlerTable handlers = handlers();
    private int serial;

    private static HandlerTable handlers() {
        HandlerTable.Builder builder = new HandlerTable.Builder();
        builder.add(FREE, (p, t) -> {}, Integer.MAX_VALUE);
        builder.add(TIGHT, (p, t) -> {}, 2);
        return builder.build();
    }

    private Bench bench(int concurrency) {
        Map<String, WorkerConfig.Queue> queues = new LinkedHashMap<>();
        queues.put("a", new WorkerConfig.Queue(1, Integer.MAX_VALUE));
        queues.put("b", new WorkerConfig.Queue(1, 3));
        return new Bench(new WorkerConfig(
                Optional.empty(),
                queues,
                false,
                concurrency,
                handlers,
                List.of(),
                List.of(),
                List.of(),
                Duration.ofSeconds(30),
                Duration.ZERO,
                Duration.ZERO,
                3));
    }

    private Attempt attempt(String queue, String type) {
        TaskId id = new TaskId("task-" + serial++);
        Envelope envelope = Envelope.of(
                id,
                type,
                Payload.EMPTY,
                queue,
                Instant.EPOCH,
                new Policy(1, Duration.ofSeconds(1), Duration.ZERO, Set.of()));
        return new Attempt(
                new Delivery(envelope, new Lease(id, queue, new AttemptToken(1, serial))),
                handlers.find(queue, type).orElse(null),
                false,
                0);
    }

    @Test
    void asksForFreeSlotsPlusTheLookAhead() {
        Bench bench = bench(4);
        assertThat(bench.ask(List.of("a", "b"), 2))
                .isEqualTo(new Bench.Ask(
                        6, 4, List.of(new Demand("a", 6), new Demand("b", 3)), Map.of("tight", 2, "narrow", 2), false));
    }

    @Test
    void theFirstOnesRunTheNextOnesWaitInOrder() {
        Bench bench = bench(2);
        List<Attempt> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(attempt("a", "free"));
        }
        assertThat(all.stream().map(bench::seat)).containsExactly(Seat.RUN, Seat.RUN, Seat.WAIT, Seat.WAIT);
        assertThat(bench.ask(List.of("a"), 3).max()).isEqualTo(1);
        assertThat(bench.leave(all.get(1))).isSameAs(all.get(2));
        assertThat(bench.leave(all.get(0))).isSameAs(all.get(3));
        assertThat(bench.leave(all.get(2))).isNull();
        assertThat(bench.running()).isEqualTo(1);
    }

    @Test
    void aFullTypeOrQueueTurnsAwayAndIsNotAskedForUntilThereIsRoom() {
        Bench bench = bench(10);
        Attempt first = attempt("a", "tight");
        assertThat(bench.seat(first)).isEqualTo(Seat.RUN);
        assertThat(bench.seat(attempt("a", "narrow"))).isEqualTo(Seat.RUN);
        assertThat(bench.seat(attempt("a", "tight"))).isEqualTo(Seat.FULL);
        Bench.Ask ask = bench.ask(List.of("a"), 0);
        assertThat(ask.typeRoom()).containsEntry("tight", 0).containsEntry("narrow", 0);
        assertThat(ask.constrained()).isTrue();
        for (int i = 0; i < 3; i++) {
            assertThat(bench.seat(attempt("b", "free"))).isEqualTo(Seat.RUN);
        }
        assertThat(bench.seat(attempt("b", "free"))).isEqualTo(Seat.FULL);
        assertThat(bench.ask(List.of("b"), 0).demands()).isEmpty();
        assertThat(bench.leave(first)).isNull();
        assertThat(bench.ask(List.of("a"), 0).typeRoom()).containsEntry("tight", 1);
    }

    @Test
    void whatIsTakenAwayLeavesItsRoom() {
        Bench bench = bench(1);
        assertThat(bench.seat(attempt("a", "free"))).isEqualTo(Seat.RUN);
        Attempt waits = attempt("b", "tight");
        assertThat(bench.seat(waits)).isEqualTo(Seat.WAIT);
        assertThat(bench.remove(waits)).isTrue();
        assertThat(bench.remove(waits)).isFalse();
        assertThat(bench.waitingCount()).isZero();
        assertThat(bench.ask(List.of("b"), 5).typeRoom()).containsEntry("tight", 2);
    }

    @Test
    void onceClosedItSeatsNobody() {
        Bench bench = bench(1);
        Attempt runs = attempt("a", "free");
        Attempt waits = attempt("a", "free");
        bench.seat(runs);
        bench.seat(waits);
        assertThat(bench.close()).containsExactly(waits);
        assertThat(bench.seat(attempt("a", "free"))).isEqualTo(Seat.FULL);
        assertThat(bench.leave(runs)).isNull();
        assertThat(bench.running()).isZero();
    }
}
