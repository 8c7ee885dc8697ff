package dev.errand.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.AwaitTimeoutException;
import dev.errand.time.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LocalGroupTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final ManualTime time = new ManualTime(Instant.EPOCH);
    private final LocalTasks local =
            LocalTasks.named("groups").permits(4).time(time).build();
    private final CountDownLatch go = new CountDownLatch(1);

    private Integer blocked() throws InterruptedException {
        go.await();
        return 0;
    }

    @AfterEach
    void close() {
        go.countDown();
        assertThat(local.stats().running()).as("left running").isZero();
        local.stop(Duration.ZERO, Duration.ZERO);
    }

    @Test
    void answersInTheOrderOfForking() throws Exception {
        CountDownLatch second = new CountDownLatch(1);
        try (LocalGroup<Integer> group = local.group()) {
            LocalHandle<Integer> first = group.fork("first", () -> {
                second.await();
                return 1;
            });
            group.fork("second", () -> {
                second.countDown();
                return 2;
            });
            assertThat(group.join()).containsExactly(1, 2);
            assertThat(first.result()).isEqualTo(1);
        }
    }

    @Test
    void theFirstFailureCancelsTheRest() throws Exception {
        try (LocalGroup<Integer> group = local.group()) {
            LocalHandle<Integer> other = group.fork("other", this::blocked);
            group.fork("bad", () -> {
                throw new IOException("down");
            });
            assertThatThrownBy(group::join)
                    .isInstanceOf(GroupFailedException.class)
                    .hasMessageContaining("bad")
                    .hasCauseInstanceOf(IOException.class);
            other.await(LONG);
            assertThat(other.state()).isEqualTo(LocalState.CANCELLED);
            assertThat(group.fork("later", () -> 3).state()).isEqualTo(LocalState.CANCELLED);
        }
    }

    @Test
    void collectsAllFailures() throws Exception {
        try (LocalGroup<Integer> group = local.group(GroupOptions::collectFailures)) {
            LocalHandle<Integer> good = group.fork("good", () -> 1);
            for (String name : List.of("a", "b")) {
                group.fork(name, () -> {
                    throw new IOException(name);
                });
            }
            assertThatThrownBy(group::join)
                    .isInstanceOf(GroupFailedException.class)
                    .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
            assertThat(good.result()).isEqualTo(1);
        }
    }

    @Test
    void joinsUntilTheDeadline() throws Exception {
        Thread mover = Thread.ofVirtual().start(() -> {
            Eventually.that("the join waits", () -> time.pendingTimers() == 1);
            time.advance(LONG);
        });
        try (LocalGroup<Integer> group = local.group()) {
            LocalHandle<Integer> slow = group.fork("slow", this::blocked);
            assertThatThrownBy(() -> group.join(LONG))
                    .isInstanceOf(AwaitTimeoutException.class)
                    .hasMessageContaining("1 of 1");
            assertThat(slow.state()).isIn(LocalState.RUNNING, LocalState.CANCELLED);
        }
        mover.join();
    }

    /** The last fork is still in line when its owner, the only one with a permit, joins, and so runs on the owner's thread. */
    @Test
    void theLimitCountsWhileTheOwnerRunsAForkItself() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        LocalTasks one = LocalTasks.named("one").permits(1).time(time).build();
        LocalHandle<?> owner = one.run("owner", () -> {
            try (LocalGroup<Integer> group = one.group()) {
                group.fork("quick", () -> 1);
                group.fork("slow", () -> {
                    running.countDown();
                    return blocked();
                });
                group.join(LONG);
            } catch (AwaitTimeoutException | GroupFailedException e) {
                thrown.set(e);
            }
        });
        Eventually.await(running);
        time.advance(LONG);
        Eventually.that("the owner has ended", owner::isDone);
        assertThat(thrown.get()).isInstanceOf(AwaitTimeoutException.class).hasMessageContaining("1 of 2");
        one.close();
    }

    @Test
    void theLimitCountsWhenAnotherThreadCancels() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(1);
        Thread other = Thread.ofVirtual().unstarted(() -> {});
        try (LocalGroup<Integer> group = local.group()) {
            group.fork("deaf", () -> {
                running.countDown();
                try {
                    return blocked();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                    while (go.getCount() > 0) {
                        Thread.onSpinWait();
                    }
                    return 1;
                }
            });
            running.await();
            group.cancel();
            interrupted.await();
            other = Thread.ofVirtual().start(() -> {
                Eventually.that("the join waits", () -> time.pendingTimers() == 2);
                time.advance(LONG);
            });
            assertThatThrownBy(() -> group.join(LONG)).isInstanceOf(AwaitTimeoutException.class);
            go.countDown();
        }
        other.join();
    }

    @Test
    void aForkThatCameTooLateFailsTheGroup() throws Exception {
        try (LocalGroup<Integer> group = local.group()) {
            group.cancel();
            group.fork("late", () -> 1);
            assertThatThrownBy(group::join)
                    .isInstanceOf(GroupFailedException.class)
                    .hasMessageContaining("late");
        }
    }

    @Test
    void runsNoMoreThanItsLimit() throws Exception {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (LocalGroup<Integer> group = local.group(o -> o.limit(2))) {
            for (int i = 0; i < 200; i++) {
                int number = i;
                group.fork("one", () -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    running.decrementAndGet();
                    return number;
                });
            }
            assertThat(group.join()).hasSize(200).isSorted();
        }
        assertThat(most.get()).isBetween(1, 2);
    }

    @Test
    void groupsWithinGroupsDoNotUseUpThePermits() throws Exception {
        try (LocalGroup<Integer> outer = local.group()) {
            for (int i = 0; i < 20; i++) {
                outer.fork("outer", () -> {
                    try (LocalGroup<Integer> inner = local.group(o -> o.limit(2))) {
                        for (int j = 0; j < 5; j++) {
                            inner.fork("inner", () -> 1);
                        }
                        return inner.join().size();
                    }
                });
            }
            assertThat(outer.join()).hasSize(20).containsOnly(5);
        }
    }

    /** At each point an interrupt must end the wait, and leave nothing running behind. */
    @Test
    void anInterruptAtAnyPointLeavesNothingRunning() throws Exception {
        for (Point point : Point.values()) {
            AtomicReference<String> seen = new AtomicReference<>("nothing");
            CountDownLatch reached = new CountDownLatch(1);
            CountDownLatch interrupted = new CountDownLatch(1);
            Thread owner = Thread.ofVirtual().start(() -> seen.set(interruptedAt(point, reached, interrupted)));
            Eventually.await(reached);
            Eventually.that(
                    "the owner waits at " + point,
                    () -> point == Point.BEFORE_JOIN
                            || owner.getState() == Thread.State.WAITING
                            || owner.getState() == Thread.State.TERMINATED);
            owner.interrupt();
            interrupted.countDown();
            owner.join();
            assertThat(seen.get()).as(point.name()).isEqualTo("interrupted");
            assertThat(local.stats().running()).as(point.name()).isZero();
        }
    }

    private enum Point {
        BEFORE_JOIN,
        FORK_AT_LIMIT,
        JOIN,
        CLOSE
    }

    private String interruptedAt(Point point, CountDownLatch reached, CountDownLatch interrupted) {
        CountDownLatch running = new CountDownLatch(1);
        boolean thrown = false;
        try (LocalGroup<Integer> group = local.group(o -> o.limit(1))) {
            group.fork("one", () -> {
                running.countDown();
                try {
                    return blocked();
                } catch (InterruptedException e) {
                    if (point == Point.CLOSE) {
                        reached.countDown();
                        // Ends late: only once the owner, waiting in close, was interrupted.
                        Eventually.await(interrupted);
                    }
                    throw e;
                }
            });
            running.await();
            switch (point) {
                case BEFORE_JOIN -> {
                    Thread.currentThread().interrupt();
                    reached.countDown();
                    group.join();
                }
                case FORK_AT_LIMIT -> {
                    reached.countDown();
                    group.fork("two", () -> 2);
                }
                case JOIN -> {
                    reached.countDown();
                    group.join(LONG);
                }
                case CLOSE -> {}
            }
        } catch (InterruptedException e) {
            thrown = true;
        }
        return thrown || Thread.interrupted() ? "interrupted" : "not interrupted";
    }

    @Test
    void isForOneThread() throws Exception {
        try (LocalGroup<Integer> group = local.group()) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            group.fork("x", () -> 1);
                        } catch (Throwable t) {
                            thrown.set(t);
                        }
                    })
                    .join();
            assertThat(thrown.get()).isInstanceOf(IllegalStateException.class);
        }
    }
}
