package dev.errand.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.Retry;
import dev.errand.time.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random delays, failures and debounced calls under virtual time, beside a model that only computes: each attempt must happen at
 * the very instant at which the model says, no other may happen.
 */
@Timeout(120)
class LocalModelTest {
    private static final int STEPS = 150;
    private static final Duration BACK_OFF = Duration.ofMillis(70);
    private static final long QUIET = 50;
    private static final long MOST = 120;

    private final ManualTime time = new ManualTime(Instant.EPOCH);
    private final ConcurrentLinkedQueue<String> happened = new ConcurrentLinkedQueue<>();
    /** What must happen when, in milliseconds. */
    private final TreeMap<Long, List<String>> expected = new TreeMap<>();

    /** A burst of calls of one key, by the model. */
    private record Burst(long first, long due, String call) {}

    private final Map<String, Burst> bursts = new HashMap<>();
    private long now;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void agreesWithTheModel(long seed) {
        Random random = new Random(seed);
        try (LocalTasks local =
                LocalTasks.named("model").time(time).waitingRoom(100_000).build()) {
            Debounce<String> debounce = local.debounce("debounced", ms(QUIET), ms(MOST));
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(3)) {
                    case 0 -> delayed(local, "job" + step, random.nextInt(100), random.nextInt(4));
                    case 1 -> call(debounce, "key" + random.nextInt(3), "call" + step);
                    default -> advance(local, 1 + random.nextInt(40));
                }
            }
            for (int i = 0; i < 60; i++) {
                advance(local, 10);
            }
            assertThat(expected).as("left of the model").isEmpty();
            assertThat(local.stats().waiting()).isZero();
        }
    }

    private static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }

    private void delayed(LocalTasks local, String name, int delay, int failures) {
        int[] runs = new int[1];
        local.run(
                name,
                o -> o.delay(ms(delay)).retry(Retry.linear(BACK_OFF).jitter(0).maxAttempts(3)),
                () -> {
                    happened.add(time.now().toEpochMilli() + " " + name);
                    if (++runs[0] <= failures) {
                        throw new IOException("attempt " + runs[0]);
                    }
                });
        long at = now + delay;
        for (int attempt = 1; attempt <= Math.min(3, failures + 1); attempt++) {
            expect(at, name);
            at += attempt * BACK_OFF.toMillis();
        }
        settle(local);
    }

    private void call(Debounce<String> debounce, String key, String call) {
        Burst before = bursts.get(key);
        if (before != null && before.due > now) {
            expected.get(before.due).remove(before.due + " " + before.call);
            drop(before.due);
        }
        long first = before != null && before.due > now ? before.first : now;
        Burst burst = new Burst(first, Math.min(now + QUIET, first + MOST), call);
        bursts.put(key, burst);
        expect(burst.due, call);
        debounce.call(key, () -> happened.add(time.now().toEpochMilli() + " " + call));
    }

    private void expect(long at, String what) {
        expected.computeIfAbsent(at, t -> new ArrayList<>()).add(at + " " + what);
    }

    private void drop(long at) {
        if (expected.get(at).isEmpty()) {
            expected.remove(at);
        }
    }

    private void advance(LocalTasks local, long millis) {
        for (long i = 0; i < millis; i++) {
            now++;
            time.advance(ms(1));
            settle(local);
        }
    }

    /** What is due now has run, or has come back to wait: nothing runs, and all of it was seen. */
    private void settle(LocalTasks local) {
        List<String> due = expected.getOrDefault(now, List.of());
        Eventually.that(due + " at " + now, () -> happened.size() >= due.size() && idle(local));
        assertThat(happened).containsExactlyInAnyOrderElementsOf(due);
        happened.clear();
        expected.remove(now);
    }

    private static boolean idle(LocalTasks local) {
        LocalStats stats = local.stats();
        return stats.running() == 0 && stats.waiting() == stats.delayed();
    }
}
