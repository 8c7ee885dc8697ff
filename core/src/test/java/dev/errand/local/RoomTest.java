package dev.errand.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.Retry;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random jobs, submitted and called off by four threads at once, many times over: each that was taken runs once or was called off,
 * permits and keys are never exceeded, and all are back at the end. What Lincheck does in small, here in large.
 */
@Timeout(120)
class RoomTest {
    private static final int ROUNDS = 5_000;
    private static final int THREADS = 4;
    private static final int JOBS = 8;
    private static final int PERMITS = 2;

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    @AfterEach
    void close() {
        threads.shutdownNow();
    }

    /** One room with its jobs, and what became of them. */
    private static final class Trial {
        final Room room;
        final List<Job<Integer>> jobs = new ArrayList<>();
        final Answer[] answers = new Answer[JOBS];
        final AtomicInteger calledOff = new AtomicInteger();
        final AtomicInteger inUse = new AtomicInteger();
        final AtomicInteger ofKey = new AtomicInteger();
        final AtomicInteger tooMany = new AtomicInteger();

        Trial(Random random) {
            room = new Room(new Capacity(PERMITS, 1 + random.nextInt(JOBS)), new Keys(1), null);
            for (int i = 0; i < JOBS; i++) {
                jobs.add(job(i, 1 + random.nextInt(PERMITS), random.nextInt(3) == 0 ? null : "k"));
            }
        }

        @SuppressWarnings("NullAway") // the room needs no engine
        private static Job<Integer> job(int number, int weight, String key) {
            return new Job<>(null, "job", new Plan(weight, Retry.none(), null, null), number, key, null, null, () -> 1);
        }

        void submit(int number) {
            Job<Integer> job = jobs.get(number);
            answers[number] = room.admit(job);
            if (answers[number] == Answer.STARTS) {
                run(job.running());
            }
            serve();
        }

        void callOff(int number) {
            if (room.takeOut(jobs.get(number))) {
                calledOff.incrementAndGet();
                room.placeFree();
                serve();
            }
        }

        private void serve() {
            for (Attempt next = room.next(); next != null; next = room.next()) {
                run(next);
            }
        }

        private void run(Attempt attempt) {
            Job<?> job = attempt.job;
            int runs = job.runs + 1;
            job.runs = runs;
            int weight = job.plan.weight();
            int keyed = job.key == null ? 0 : 1;
            if (inUse.addAndGet(weight) > PERMITS || ofKey.addAndGet(keyed) > 1) {
                tooMany.incrementAndGet();
            }
            inUse.addAndGet(-weight);
            ofKey.addAndGet(-keyed);
            job.decide();
            room.release(job, attempt.letGo());
            room.gone(attempt);
        }

        void check(int round) {
            long taken = IntStream.range(0, JOBS)
                    .filter(i -> answers[i] != Answer.FULL)
                    .count();
            long ran = jobs.stream().filter(job -> job.runs == 1).count();
            assertThat(jobs).as("round " + round).allMatch(job -> job.runs <= 1);
            assertThat(ran + calledOff.get()).as("round " + round).isEqualTo(taken);
            assertThat(tooMany).as("round " + round).hasValue(0);
            assertThat(room.books()).as("round " + round).isEqualTo(new Room.Books(0, 0, 0, 0, 0));
        }
    }

    @Test
    void whateverIsTakenRunsOnceOrIsCalledOff() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Random random = new Random(round);
            Trial trial = new Trial(random);
            List<Callable<Object>> all = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int mine = thread * (JOBS / THREADS);
                int victim = random.nextInt(JOBS);
                boolean callsOff = random.nextBoolean();
                all.add(Executors.callable(() -> {
                    trial.submit(mine);
                    trial.submit(mine + 1);
                    if (callsOff) {
                        trial.callOff(victim);
                    }
                }));
            }
            for (Future<Object> each : threads.invokeAll(all)) {
                each.get();
            }
            trial.check(round);
        }
    }
}
