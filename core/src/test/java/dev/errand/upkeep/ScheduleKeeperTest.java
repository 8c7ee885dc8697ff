package dev.errand.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.errand.LogLines;
import dev.errand.broker.Envelope;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.Receipt;
import dev.errand.broker.ScheduleStore;
import dev.errand.broker.ScheduleStore.Stored;
import dev.errand.memory.MemoryBroker;
import dev.errand.schedule.Definition;
import dev.errand.schedule.Every;
import dev.errand.schedule.Missed;
import dev.errand.schedule.Overlap;
import dev.errand.schedule.Template;
import dev.errand.time.ManualTime;
import dev.errand.worker.Outage;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many schedules at once. */
class ScheduleKeeperTest {
    private static final Instant MIDNIGHT = Instant.parse("2026-06-15T00:00:00Z");
    private static final String HOURLY = new Definition(
                    Every.of(Duration.ofHours(1)),
                    Overlap.ALLOW,
                    Missed.once(),
                    Duration.ZERO,
                    new Template(
                            "report",
                            "default",
                            0,
                            new Policy(25, Duration.ofMinutes(30), Duration.ZERO, Set.of()),
                            null,
                            null,
                            Map.of()),
                    Map.of())
            .text();

    private final ManualTime time = new ManualTime(MIDNIGHT);
    private final MemoryBroker broker = new MemoryBroker(time, new Random(1));
    private final ScheduleStore store = broker.extension(ScheduleStore.class).orElseThrow();
    private final LinkedBlockingQueue<String> fired = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        broker.close();
        time.close();
    }

    private void put(String name, Instant due) {
        Stored hourly = new Stored(name, HOURLY, Payload.EMPTY, MIDNIGHT, due, List.of(), false, null, null, null, 0);
        assertThat(store.put(hourly, 0)).isTrue();
    }

    private ScheduleKeeper start(ScheduleStore schedules) {
        ScheduleKeeper keeper = new ScheduleKeeper(
                schedules, task -> false, time, new Outage(time, new Random(1), "w"), run -> fired.add(run.schedule()));
        keeper.start();
        return keeper;
    }

    /** Counts what the keeper asks of it. */
    private final class Counting implements ScheduleStore {
        final AtomicInteger calls = new AtomicInteger();

        @Override
        public List<Advanced> advance(List<Advance> steps) {
            calls.incrementAndGet();
            return store.advance(steps);
        }

        @Override
        public Optional<List<Receipt>> advance(Stored next, long expected, List<Envelope> tasks, List<Run> runs) {
            calls.incrementAndGet();
            return store.advance(next, expected, tasks, runs);
        }

        @Override
        public List<Stored> list() {
            return store.list();
        }

        @Override
        public Optional<Stored> find(String name) {
            return store.find(name);
        }

        @Override
        public boolean put(Stored next, long expected) {
            return store.put(next, expected);
        }

        @Override
        public boolean delete(String name) {
            return store.delete(name);
        }

        @Override
        public Optional<Instant> nextDue(Instant after) {
            return store.nextDue(after);
        }

        @Override
        public List<Stored> due(Instant now, int max) {
            return store.due(now, max);
        }

        @Override
        public List<Run> runs(String name, int limit) {
            return store.runs(name, limit);
        }
    }

    @Test
    void manyThatAreDueAtOnceAreHandedOverTogether() throws Exception {
        Instant first = MIDNIGHT.plus(Duration.ofHours(1));
        for (int i = 0; i < 2_500; i++) {
            put("s" + i, first);
        }
        time.advance(Duration.ofHours(1));
        Counting counting = new Counting();
        ScheduleKeeper keeper = start(counting);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 2_500; i++) {
            assertThat(names.add(fired.poll(60, TimeUnit.SECONDS))).isTrue();
        }
        keeper.stop();
        assertThat(fired).as("each once").isEmpty();
        assertThat(names).doesNotContainNull();
        assertThat(counting.calls).hasValue(3);
        assertThat(store.runs("s0", 10)).hasSize(1);
    }

    @Test
    void schedulesThatCannotBeReadHoldUpNoOther() throws Exception {
        Instant first = MIDNIGHT.plus(Duration.ofHours(1));
        for (int i = 0; i < 1_100; i++) {
            assertThat(store.put(Stored.damaged("bad" + i, first.minusSeconds(1), "no JSON", 0), 0))
                    .isTrue();
        }
        put("good", first);
        time.advance(Duration.ofHours(1));
        try (LogLines lines = new LogLines(ScheduleKeeper.class.getName(), Level.ERROR)) {
            ScheduleKeeper keeper = start(store);
            assertThat(fired.poll(60, TimeUnit.SECONDS)).isEqualTo("good");
            keeper.stop();
            assertThat(lines.of("bad")).as("once for each").hasSize(1_100);
        }
    }
}
