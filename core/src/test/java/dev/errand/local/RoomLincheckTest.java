package dev.errand.local;

import dev.errand.Retry;
import dev.errand.local.Applicants.Applicant;
import dev.errand.time.ManualTime;
import dev.errand.time.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Test;

/**
 * The room as a whole has no lock, so what must hold in every interleaving is checked as such: whatever was taken runs once or was
 * called off, no more permits are in use than there are, and at the end all are back; a deadlock is found, too.
 */
class RoomLincheckTest {
    private static final int PERMITS = 2;
    private static final int INVOCATIONS = 40;
    /** Of what takes the model checker long. */
    private static final int FEW = 15;

    @SuppressWarnings("NullAway") // the room needs no engine
    private static Job<Integer> job(int number, int weight, String key) {
        return new Job<>(null, "job", new Plan(weight, Retry.none(), null, null), number, key, null, null, () -> 1);
    }

    /** What an engine does with a room, but for the running. */
    private static final class Crew {
        final Room room;
        final AtomicInteger inUse = new AtomicInteger();
        final AtomicInteger ofKey = new AtomicInteger();
        final Queue<Long> order = new ConcurrentLinkedQueue<>();

        Crew(Room room) {
            this.room = room;
        }

        Answer submit(Job<?> job) {
            Answer answer = room.admit(job);
            if (answer == Answer.STARTS) {
                run(job.running());
            }
            serve();
            return answer;
        }

        void serve() {
            for (Attempt next = room.next(); next != null; next = room.next()) {
                run(next);
            }
        }

        void run(Attempt attempt) {
            Job<?> job = attempt.job;
            int runs = job.runs + 1;
            job.runs = runs;
            order.add(job.number);
            int weight = job.plan.weight();
            int keyed = job.key == null ? 0 : 1;
            if (inUse.addAndGet(weight) > PERMITS || ofKey.addAndGet(keyed) > 1) {
                throw new AssertionError("too many at once: " + inUse + " permits, " + ofKey + " of the key");
            }
            inUse.addAndGet(-weight);
            ofKey.addAndGet(-keyed);
            expect(false, job.decide());
            room.release(job, attempt.letGo());
            room.gone(attempt);
        }
    }

    private static Room room(int permits, int places) {
        return new Room(new Capacity(permits, places), new Keys(1), null);
    }

    private static Crew crew(int places) {
        return new Crew(room(PERMITS, places));
    }

    private static void together(Runnable... all) {
        List<Thread> threads = new ArrayList<>();
        for (Runnable one : all) {
            Thread thread = new Thread(one);
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static void expect(Object expected, Object actual) {
        if (!expected.equals(actual)) {
            throw new AssertionError("expected " + expected + " but got " + actual);
        }
    }

    private static void expectAllBack(Crew crew) {
        expect(0, crew.room.capacity().waitingIfNoneRuns());
        expect(false, crew.room.holdsKey("k"));
    }

    @Test
    void everyJobRunsAndEveryPermitComesBack() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            Crew crew = crew(4);
            List<Job<Integer>> jobs = List.of(job(0, 2, null), job(1, 1, null), job(2, 1, null));
            together(() -> crew.submit(jobs.get(0)), () -> crew.submit(jobs.get(1)), () -> crew.submit(jobs.get(2)));
            jobs.forEach(job -> expect(1, job.runs));
            expectAllBack(crew);
        });
    }

    /** Of one key never two at once, and in the order of their submission. */
    @Test
    void aKeyKeepsItsOrder() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            Crew crew = crew(4);
            List<Job<Integer>> jobs = List.of(job(0, 1, "k"), job(1, 1, "k"), job(2, 1, "k"));
            together(
                    () -> {
                        crew.submit(jobs.get(0));
                        crew.submit(jobs.get(1));
                    },
                    () -> crew.submit(jobs.get(2)));
            jobs.forEach(job -> expect(1, job.runs));
            crew.order.remove(2L);
            expect(0L, crew.order.poll());
            expectAllBack(crew);
        });
    }

    /** Either it runs or it was called off; never both, never neither. */
    @Test
    void whoIsCalledOffDoesNotRun() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            Crew crew = crew(4);
            Job<Integer> first = job(0, 2, "k");
            Job<Integer> behind = job(1, 1, "k");
            expect(Answer.STARTS, crew.room.admit(first));
            expect(Answer.WAITS, crew.room.admit(behind));
            AtomicReference<Boolean> out = new AtomicReference<>(false);
            together(
                    () -> {
                        crew.run(first.running());
                        crew.serve();
                    },
                    () -> {
                        out.set(crew.room.takeOut(behind));
                        if (out.get()) {
                            crew.room.placeFree();
                        }
                        crew.serve();
                    });
            expect(out.get() ? 0 : 1, behind.runs);
            expectAllBack(crew);
        });
    }

    /** Room that is made is not missed by who waits for it: that would be a deadlock. */
    @Test
    void noRoomIsMissedByThoseWhoWaitForIt() {
        Lincheck.runConcurrentTest(FEW, () -> {
            ManualTime time = new ManualTime(Instant.EPOCH);
            Crew crew = new Crew(room(1, 0));
            Job<Integer> first = job(0, 1, null);
            expect(Answer.STARTS, crew.room.admit(first));
            Job<Integer> second = job(1, 1, null);
            together(
                    () -> {
                        crew.run(first.running());
                        crew.serve();
                    },
                    () -> expect(Answer.STARTS, waitFor(crew, second, time)));
            expect(1, second.runs);
            expectAllBack(crew);
        });
    }

    private static Answer waitFor(Crew crew, Job<Integer> job, ManualTime time) {
        Applicant applicant = new Applicant(new Signal(time), job);
        Answer answer = crew.submit(job);
        try {
            while (answer == Answer.FULL) {
                crew.room.queueUp(applicant);
                applicant.signal().await(Duration.ofHours(1));
                answer = crew.submit(job);
            }
            return answer;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            crew.room.leaveQueue(applicant);
        }
    }
}
