package dev.errand.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import dev.errand.LogLines;
import dev.errand.Release;
import dev.errand.Retry;
import dev.errand.RetryAfter;
import dev.errand.TaskFailedException;
import dev.errand.time.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;

/** What must hold when a job, a carrier or a key does not behave. */
@Timeout(60)
class LocalTroubleTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ManualTime time = new ManualTime(Instant.parse("2026-01-01T00:00:00Z"));
    private final CountDownLatch go = new CountDownLatch(1);
    private LocalTasks local = builder().build();

    private LocalTasksBuilder builder() {
        return LocalTasks.named("trouble").time(time);
    }

    private void use(LocalTasksBuilder settings) {
        local = settings.build();
    }

    private LocalHandle<?> block() {
        CountDownLatch blocked = new CountDownLatch(1);
        LocalHandle<?> handle = local.run("block", () -> {
            blocked.countDown();
            go.await();
        });
        Eventually.await(blocked);
        return handle;
    }

    @AfterEach
    void close() {
        go.countDown();
        Eventually.that("nothing runs", () -> local.stats().running() == 0);
        local.stop(Duration.ZERO, Duration.ZERO);
        MDC.clear();
    }

    @Test
    void aDelayWithoutEndHoldsNeitherPermitNorKey() {
        use(builder().permits(2));
        Duration never = Duration.ofSeconds(Long.MAX_VALUE);
        for (LocalAction action : List.<LocalAction>of(
                () -> {
                    throw new Release(never);
                },
                () -> {
                    throw new RetryAfter(never);
                })) {
            Instant deadline = time.now().plus(Duration.ofDays(400));
            LocalHandle<?> handle =
                    local.run("later", o -> o.retry(Retry.standard()).deadline(deadline), action);
            Eventually.that("it waits", () -> local.stats().delayed() == 1);
            assertThat(local.stats().permitsInUse()).isZero();
            assertThat(handle.cancel()).isTrue();
        }
    }

    /** Whatever goes wrong at the end of a job, the job has an end. */
    @Test
    void aKeyThatThrowsLeavesNoPermitAndNoHandleBehind() {
        AtomicInteger looks = new AtomicInteger(Integer.MAX_VALUE);
        Object key = new Object() {
            @Override
            public int hashCode() {
                if (looks.getAndDecrement() <= 0) {
                    throw new IllegalStateException("key");
                }
                return 1;
            }

            @Override
            public boolean equals(Object other) {
                return this == other;
            }
        };
        LocalHandle<?> handle = local.submitInOrder(key, "keyed", () -> {
            looks.set(0);
            return 1;
        });
        Eventually.that("it has ended", handle::isDone);
        Eventually.that("its permit is free", () -> local.stats().permitsInUse() == 0);
        Eventually.that("it is not in the books", () -> local.stats().running() == 0);
    }

    @Test
    void whoIsStoppedWhileItRunsAnotherJobHurtsOnlyItself() throws Exception {
        use(builder().permits(1));
        CountDownLatch inner = new CountDownLatch(1);
        AtomicReference<LocalHandle<Integer>> helped = new AtomicReference<>();
        LocalHandle<?> outer = local.run("outer", () -> {
            helped.set(local.submit("helped", () -> {
                inner.countDown();
                go.await();
                return 7;
            }));
            helped.get().result();
        });
        Eventually.await(inner);
        assertThat(outer.cancel()).isTrue();
        assertThat(outer.await(Duration.ofDays(1))).isTrue();
        assertThat(outer.state()).isEqualTo(LocalState.CANCELLED);
        go.countDown();
        assertThat(helped.get().result()).isEqualTo(7);
        assertThat(local.stats().failed()).isZero();
    }

    @Test
    void anInterruptThatTheHelpedJobSwallowedIsNotLost() {
        use(builder().permits(1));
        CountDownLatch inner = new CountDownLatch(1);
        AtomicReference<LocalHandle<?>> helped = new AtomicReference<>();
        LocalHandle<?> outer = local.run("outer", () -> {
            helped.set(local.run("helped", () -> {
                inner.countDown();
                try {
                    go.await();
                } catch (InterruptedException e) {
                    // as if nothing had happened
                }
            }));
            helped.get().result();
            go.await();
        });
        Eventually.await(inner);
        outer.cancel();
        Eventually.that("the outer one has ended", outer::isDone);
        assertThat(helped.get().state()).isEqualTo(LocalState.COMPLETED);
        assertThat(outer.state()).isEqualTo(LocalState.CANCELLED);
    }

    @Test
    void aJobInItsCallerEndsWithTheCaller() {
        use(builder().permits(1).waitingRoom(0).whenFull(WhenFull.runInCaller()));
        CountDownLatch inner = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        AtomicReference<LocalHandle<?>> here = new AtomicReference<>();
        LocalHandle<?> outer = local.run("outer", () -> {
            here.set(local.run("here", () -> {
                runs.incrementAndGet();
                inner.countDown();
                go.await();
            }));
            go.await();
        });
        Eventually.await(inner);
        outer.cancel();
        Eventually.that("the outer one has ended", outer::isDone);
        assertThat(outer.state()).isEqualTo(LocalState.CANCELLED);
        assertThat(here.get().state()).isEqualTo(LocalState.CANCELLED);
        assertThat(runs).hasValue(1);
        assertThat(local.stats().dead()).isZero();
    }

    @Test
    void eachStrongerReasonInterruptsOnceMore() {
        use(builder().timeout(LONG));
        CountDownLatch begun = new CountDownLatch(1);
        AtomicInteger interrupts = new AtomicInteger();
        LocalHandle<?> deaf = local.run("deaf", () -> {
            begun.countDown();
            while (interrupts.get() < 3) {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    interrupts.incrementAndGet();
                }
            }
        });
        Eventually.await(begun);
        time.advance(LONG);
        Eventually.that("the timeout interrupts", () -> interrupts.get() == 1);
        assertThat(deaf.cancel()).isTrue();
        Eventually.that("the cancel interrupts too", () -> interrupts.get() == 2);
        local.stop(Duration.ZERO, Duration.ZERO);
        Eventually.that("so does the close", deaf::isDone);
        assertThat(interrupts).hasValue(3);
    }

    @Test
    void aSlowHandOverKeepsNobodyFromBeingInterrupted() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        AtomicInteger handed = new AtomicInteger();
        use(builder().permits(1).onLeftover(leftover -> {
            Eventually.await(interrupted);
            handed.incrementAndGet();
            time.advance(Duration.ofSeconds(2));
        }));
        CountDownLatch begun = new CountDownLatch(1);
        local.run("runs", () -> {
            begun.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        Eventually.await(begun);
        for (int i = 0; i < 50; i++) {
            local.run("waits", () -> {});
        }
        LocalReport report = local.stop(Duration.ZERO, LONG);
        assertThat(report.leftovers()).hasSize(50);
        assertThat(handed).hasValue(15);
        assertThat(report.leftovers().stream().filter(Leftover::handedOver)).hasSize(15);
        assertThat(local.stats().waiting()).isZero();
    }

    @Test
    void whatStillRunsAfterTheWaitIsHandedOverToo() throws Exception {
        AtomicReference<Leftover> handed = new AtomicReference<>();
        use(builder().onLeftover(handed::set));
        CountDownLatch begun = new CountDownLatch(1);
        local.run("deaf", () -> {
            begun.countDown();
            while (go.getCount() > 0) {
                Thread.onSpinWait();
            }
        });
        Eventually.await(begun);
        Thread closer = Thread.ofVirtual().start(() -> local.stop(Duration.ZERO, LONG));
        Eventually.that("the close waits, and the job is watched", () -> time.pendingTimers() == 2);
        time.advance(LONG);
        closer.join();
        assertThat(handed.get().running()).isTrue();
        assertThat(handed.get().handedOver()).isTrue();
    }

    /** With the system's own time, which the close is to leave alone until the last job has ended. */
    @Test
    void waitsWithALimitEndAfterTheClose() throws Exception {
        List<Thread> before = timerThreads();
        use(LocalTasks.named("closed"));
        CountDownLatch begun = new CountDownLatch(1);
        LocalHandle<?> deaf = local.run("deaf", () -> {
            begun.countDown();
            while (go.getCount() > 0) {
                Thread.onSpinWait();
            }
        });
        Eventually.await(begun);
        assertThat(local.stop(Duration.ZERO, Duration.ZERO).complete()).isFalse();
        assertThat(deaf.await(Duration.ofMillis(10))).isFalse();
        List<Thread> own = timerThreads();
        own.removeAll(before);
        assertThat(own).isNotEmpty();
        go.countDown();
        assertThat(deaf.await(LONG)).isTrue();
        Eventually.that("its timers are gone", () -> own.stream().noneMatch(Thread::isAlive));
    }

    private static List<Thread> timerThreads() {
        return new ArrayList<>(Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("errand-timer"))
                .toList());
    }

    @Test
    void aLineAboutAJobThatDidNotBeginHasItsOwnFields() {
        use(builder().permits(1));
        try (LogLines lines = new LogLines("dev.errand.task", Level.DEBUG)) {
            LocalHandle<?> first = block();
            LocalHandle<?> late = local.run("late", o -> o.deadline(time.now()), () -> {});
            go.countDown();
            Eventually.that("both have ended", () -> first.isDone() && late.isDone());
            assertThat(lines.of(late.id().value()))
                    .singleElement()
                    .satisfies(line -> assertThat(line.getMDCPropertyMap())
                            .containsEntry("task.id", late.id().value())
                            .containsEntry("task.type", "late"));
        }
    }

    @Test
    void everyRunOfARepetitionHasTheContextOfWhoMadeIt() {
        ConcurrentLinkedQueue<String> users = new ConcurrentLinkedQueue<>();
        CountDownLatch begun = new CountDownLatch(1);
        MDC.put("user", "u1");
        local.every(SECOND, Overlap.RUN_AFTER, "beat", () -> {
            users.add(MDC.get("user") + " " + MDC.get("mine"));
            MDC.put("mine", "left behind");
            begun.countDown();
            go.await();
        });
        MDC.put("user", "u2");
        time.advance(SECOND);
        Eventually.await(begun);
        time.advance(SECOND);
        go.countDown();
        Eventually.that("it ran twice", () -> users.size() == 2);
        assertThat(users).containsExactly("u1 null", "u1 null");
    }

    @Test
    void aCarrierThatThrowsOnceEndsNeitherAThrottleNorARepetition() {
        AtomicInteger broken = new AtomicInteger();
        use(builder().carrying(() -> {
            if (broken.getAndDecrement() > 0) {
                throw new IllegalStateException("carrier");
            }
            return null;
        }));
        AtomicInteger runs = new AtomicInteger();
        Throttle<String> throttle = local.throttle("notify", SECOND);
        broken.set(1);
        LocalHandle<?> first = throttle.call("k", runs::incrementAndGet);
        Eventually.that("it ran all the same", first::isDone);
        LocalHandle<?> second = throttle.call("k", runs::incrementAndGet);
        time.advance(SECOND);
        Eventually.that("the key goes on", second::isDone);
        assertThat(runs).hasValue(2);
        Repetition beat = local.every(SECOND, Overlap.SKIP, "beat", runs::incrementAndGet);
        broken.set(1);
        time.advance(SECOND);
        time.advance(SECOND);
        assertThat(beat.runs() + beat.skipped()).isEqualTo(2);
    }

    /** A key that lets something happen just before its turn is given back. */
    private static final class WatchedKey {
        private final Runnable beforeRelease;

        WatchedKey(Runnable beforeRelease) {
            this.beforeRelease = beforeRelease;
        }

        @Override
        public int hashCode() {
            if (StackWalker.getInstance()
                    .walk(frames -> frames.limit(4)
                            .anyMatch(frame -> frame.getMethodName().equals("passTurn")))) {
                beforeRelease.run();
            }
            return 1;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof WatchedKey;
        }
    }

    @Test
    void aTurnThatARefusedJobPassesOnIsServed() {
        use(builder().permits(1).waitingRoom(1));
        block();
        LocalHandle<?> inLine = local.run("in line", () -> {});
        AtomicReference<LocalHandle<?>> behind = new AtomicReference<>();
        WatchedKey key = new WatchedKey(() -> {
            if (behind.get() == null) {
                go.countDown();
                Eventually.that(
                        "the line is empty",
                        () -> inLine.isDone() && local.stats().running() == 0);
                behind.set(local.runInOrder(new WatchedKey(() -> {}), "behind", () -> {}));
                assertThat(behind.get().state()).isEqualTo(LocalState.WAITING);
            }
        });
        assertThatThrownBy(() -> local.runInOrder(key, "refused", () -> {})).isInstanceOf(RoomFullException.class);
        Eventually.that("the one behind has run", () -> behind.get().state() == LocalState.COMPLETED);
    }

    @Test
    void aFailureIsNotTheStopOfAnother() {
        LocalHandle<?> bad = local.run(
                "outer",
                () -> local.run("inner", () -> {
                            throw new IOException("its own");
                        })
                        .result());
        assertThatThrownBy(bad::result).isInstanceOf(TaskFailedException.class).hasMessageContaining("EXHAUSTED");
    }
}
