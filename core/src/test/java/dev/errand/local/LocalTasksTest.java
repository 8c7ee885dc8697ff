package dev.errand.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.AwaitTimeoutException;
import dev.errand.ConfigurationException;
import dev.errand.DeadLetter;
import dev.errand.Discard;
import dev.errand.InvalidTaskException;
import dev.errand.Notice;
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
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;

@Timeout(60)
class LocalTasksTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final ManualTime time = new ManualTime(Instant.parse("2026-01-01T00:00:00Z"));
    private final ConcurrentLinkedQueue<LocalEvent> events = new ConcurrentLinkedQueue<>();
    private final CountDownLatch go = new CountDownLatch(1);
    private final CountDownLatch blocked = new CountDownLatch(1);
    private LocalTasks local = builder().build();

    private LocalTasksBuilder builder() {
        return LocalTasks.named("test").time(time).observer(events::add);
    }

    private void use(LocalTasksBuilder settings) {
        local = settings.build();
    }

    private LocalHandle<?> block() {
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
    }

    @Test
    void answersTheResult() throws Exception {
        LocalHandle<Integer> handle = local.submit("sum", () -> 1 + 1);
        assertThat(handle.result()).isEqualTo(2);
        assertThat(handle.state()).isEqualTo(LocalState.COMPLETED);
        assertThat(handle.id().value()).startsWith("test-");
        assertThat(handle.cancel()).isFalse();
        assertThat(events).hasSize(3).last().isInstanceOf(LocalEvent.Completed.class);
    }

    @Test
    void containsWhateverAJobThrows() throws Exception {
        List<LocalAction> bad = List.of(
                () -> {
                    throw new IOException("disk");
                },
                () -> {
                    throw new AssertionError("no");
                },
                () -> {
                    throw new OutOfMemoryError("simulated");
                },
                () -> recurse(1),
                () -> {
                    throw new UnprintableException();
                });
        List<LocalHandle<?>> handles = new ArrayList<>();
        for (LocalAction action : bad) {
            handles.add(local.run("bad", action));
        }
        for (LocalHandle<?> handle : handles) {
            assertThatThrownBy(handle::result).isInstanceOf(TaskFailedException.class);
            assertThat(handle.failure()).isPresent();
        }
        assertThat(handles.get(3).failure().orElseThrow()).isInstanceOf(StackOverflowError.class);
        assertThat(local.submit("good", () -> "still here").result()).isEqualTo("still here");
        LocalStats stats = local.stats();
        assertThat(List.of(stats.dead(), stats.failed(), stats.completed())).containsExactly(5L, 5L, 1L);
        assertThat(stats.permitsInUse()).isZero();
    }

    private static int recurse(int depth) {
        return depth == 0 ? 0 : 1 + recurse(depth + 1);
    }

    private static final class UnprintableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("not even this");
        }
    }

    @Test
    void anObserverThatThrowsHurtsNobody() throws Exception {
        use(builder().observer(event -> {
            throw new IllegalStateException("observer");
        }));
        assertThat(local.submit("sum", () -> 2).result()).isEqualTo(2);
    }

    @Test
    void listenersHearTheSameAsOfDurableTasks() {
        ConcurrentLinkedQueue<String> heard = new ConcurrentLinkedQueue<>();
        use(builder()
                .listener(notice -> heard.add(
                        switch (notice) {
                            case Notice.Enqueued enqueued -> "enqueued " + enqueued.queue() + " " + enqueued.stored();
                            case Notice.Started started ->
                                "started " + started.run().type();
                            case Notice.Ended ended -> ended.end() + " " + (ended.took() == null) + " " + ended.cause();
                            default -> notice.toString();
                        })));
        LocalHandle<?> bad =
                local.run("bad", o -> o.retry(Retry.fixed(LONG).jitter(0).maxAttempts(2)), () -> {
                    throw new IOException("down");
                });
        Eventually.that("it waits for its next attempt", () -> local.stats().delayed() == 1);
        time.advance(LONG);
        assertThatThrownBy(bad::result).isInstanceOf(TaskFailedException.class);
        LocalHandle<?> delayed = local.run("delayed", o -> o.delay(LONG), () -> {});
        delayed.cancel();
        local.stop(LONG, LONG);
        assertThat(heard)
                .containsExactly(
                        "enqueued test 1",
                        "started bad",
                        "RETRY false null",
                        "started bad",
                        "DEAD false EXHAUSTED",
                        "enqueued test 1",
                        "CANCELLED true null");
    }

    /** The one who is told true has called it off; then it cannot fail any more. */
    @Test
    void exactlyOneCallsAJobOffUnlessItHasEnded() throws Exception {
        for (int round = 0; round < 200; round++) {
            AtomicInteger won = new AtomicInteger();
            LocalHandle<?> handle = local.run("brief", () -> {
                throw new IOException("fails");
            });
            List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                callers.add(Thread.ofVirtual().start(() -> won.addAndGet(handle.cancel() ? 1 : 0)));
            }
            for (Thread caller : callers) {
                caller.join();
            }
            assertThat(handle.await(LONG)).isTrue();
            assertThat(won.get()).isBetween(0, 1);
            assertThat(handle.state()).isEqualTo(won.get() == 1 ? LocalState.CANCELLED : LocalState.FAILED);
            assertThat(handle.cancel()).isFalse();
        }
    }

    @Test
    void aThreadGoesOnWithTheNextJobOnlyIfItIsClean() throws Exception {
        use(builder().permits(1));
        List<Thread> threads = threadsOf(local);
        assertThat(threads.get(1)).isSameAs(threads.get(0));
        assertThat(threads.get(3)).isNotSameAs(threads.get(2));
        local.stop(LONG, LONG);
        use(builder().permits(1).threadForEach());
        assertThat(threadsOf(local)).doesNotHaveDuplicates();
    }

    /** Of four jobs in line, of which the third fails. */
    private static List<Thread> threadsOf(LocalTasks tasks) throws Exception {
        CountDownLatch begin = new CountDownLatch(1);
        tasks.run("block", begin::await);
        AtomicReferenceArray<Thread> threads = new AtomicReferenceArray<>(4);
        List<LocalHandle<?>> handles = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int number = i;
            handles.add(tasks.run("job " + i, () -> {
                threads.set(number, Thread.currentThread());
                assertThat(Thread.currentThread().getName()).isEqualTo("job " + number);
                assertThat(MDC.get("task.type")).isEqualTo("job " + number);
                if (number == 2) {
                    throw new IOException("unclean");
                }
            }));
        }
        begin.countDown();
        for (LocalHandle<?> handle : handles) {
            assertThat(handle.await(Duration.ofDays(1))).isTrue();
        }
        assertThat(handles.get(3).state()).isEqualTo(LocalState.COMPLETED);
        return List.of(threads.get(0), threads.get(1), threads.get(2), threads.get(3));
    }

    @Test
    void refusesWithTheFigures() {
        use(builder().permits(1).waitingRoom(1));
        block();
        local.run("waits", () -> {});
        assertThatThrownBy(() -> local.run("third", () -> {}))
                .isInstanceOf(RoomFullException.class)
                .hasMessageContaining("third")
                .hasMessageContaining("1 of 1 permits")
                .hasMessageContaining("1 of 1 places");
        assertThat(local.stats().refused()).isOne();
    }

    @Test
    void waitsForRoom() throws Exception {
        use(builder().permits(1).waitingRoom(0).whenFull(WhenFull.waitAtMost(LONG)));
        block();
        AtomicBoolean ran = new AtomicBoolean();
        Thread submitter = Thread.ofVirtual().start(() -> local.run("waits", () -> ran.set(true)));
        Eventually.that("the submitter waits", () -> time.pendingTimers() == 1);
        go.countDown();
        submitter.join();
        Eventually.that("it ran", ran::get);
    }

    @Test
    void waitsForRoomNoLongerThanItsLimit() throws Exception {
        use(builder().permits(1).waitingRoom(0).whenFull(WhenFull.waitAtMost(LONG)));
        block();
        ConcurrentLinkedQueue<Throwable> thrown = new ConcurrentLinkedQueue<>();
        Thread late = Thread.ofVirtual().start(() -> catching(thrown, () -> local.run("late", () -> {})));
        Eventually.that("the submitter waits", () -> time.pendingTimers() == 1);
        time.advance(LONG);
        late.join();
        Thread interrupted = Thread.ofVirtual().start(() -> catching(thrown, () -> local.run("late", () -> {})));
        Eventually.that("the submitter waits", () -> time.pendingTimers() == 1);
        interrupted.interrupt();
        interrupted.join();
        assertThat(thrown).hasSize(2).allMatch(t -> t instanceof RoomFullException);
    }

    private static void catching(ConcurrentLinkedQueue<Throwable> into, LocalAction action) {
        try {
            action.run();
        } catch (Throwable t) {
            into.add(t);
        }
    }

    @Test
    void runsInTheCaller() throws Exception {
        use(builder().permits(1).waitingRoom(0).whenFull(WhenFull.runInCaller()));
        block();
        MDC.put("mine", "kept");
        AtomicInteger runs = new AtomicInteger();
        LocalHandle<Thread> handle = local.submit("here", o -> o.retry(Retry.fixed(Duration.ZERO)), () -> {
            if (runs.incrementAndGet() < 3) {
                throw new IOException("busy");
            }
            return Thread.currentThread();
        });
        assertThat(handle.state()).isEqualTo(LocalState.COMPLETED);
        assertThat(handle.result()).isSameAs(Thread.currentThread());
        assertThat(MDC.getCopyOfContextMap()).isEqualTo(Map.of("mine", "kept"));
        MDC.clear();
    }

    @Test
    void dropsTheOldestOrTheNewest() {
        use(builder().permits(1).waitingRoom(1).whenFull(WhenFull.dropOldest()));
        block();
        LocalHandle<?> oldest = local.run("oldest", () -> {});
        LocalHandle<?> newer = local.run("newer", () -> {});
        assertThat(oldest.state()).isEqualTo(LocalState.DROPPED);
        assertThat(newer.state()).isEqualTo(LocalState.WAITING);
        LocalTasks other = builder()
                .permits(1)
                .waitingRoom(0)
                .whenFull(WhenFull.dropNewest())
                .build();
        CountDownLatch running = new CountDownLatch(1);
        other.run("block", () -> {
            running.countDown();
            go.await();
        });
        Eventually.await(running);
        assertThat(other.run("newest", () -> {}).state()).isEqualTo(LocalState.DROPPED);
        assertThat(other.stats().dropped()).isOne();
        go.countDown();
        other.close();
    }

    @Test
    void aHeavyJobIsNotOvertaken() throws Exception {
        use(builder().permits(3));
        block();
        ConcurrentLinkedQueue<String> order = new ConcurrentLinkedQueue<>();
        LocalHandle<?> heavy = local.run("heavy", o -> o.weight(3), () -> order.add("heavy"));
        LocalHandle<?> light = local.run("light", () -> order.add("light"));
        assertThat(light.state()).isEqualTo(LocalState.WAITING);
        go.countDown();
        heavy.result();
        light.result();
        assertThat(order).containsExactly("heavy", "light");
        assertThatThrownBy(() -> local.run("huge", o -> o.weight(4), () -> {}))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("3 permits");
    }

    @Test
    void cancelsWhatWaitsAndInterruptsWhatRuns() throws Exception {
        use(builder().permits(1));
        LocalHandle<?> running = block();
        LocalHandle<?> heavy = local.run("waits", () -> {});
        LocalHandle<?> delayed = local.run("delayed", o -> o.delay(LONG), () -> {});
        assertThat(heavy.cancel()).isTrue();
        assertThat(delayed.cancel()).isTrue();
        assertThat(running.cancel()).isTrue();
        assertThatThrownBy(running::result)
                .isInstanceOf(TaskFailedException.class)
                .hasMessageContaining("cancelled");
        assertThat(List.of(heavy.state(), delayed.state(), running.state())).containsOnly(LocalState.CANCELLED);
        assertThat(time.pendingTimers()).isZero();
    }

    @Test
    void retriesByPolicyAndSignals() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        LocalHandle<Integer> handle = local.submit(
                "flaky",
                o -> o.retry(Retry.fixed(Duration.ofSeconds(2)).jitter(0).maxAttempts(3)),
                () -> switch (runs.incrementAndGet()) {
                    case 1 -> throw new IOException("one");
                    case 2 -> throw new Release(Duration.ofSeconds(3));
                    case 3 -> throw new RetryAfter(Duration.ofSeconds(5));
                    default -> runs.get();
                });
        for (int seconds : new int[] {2, 3, 5}) {
            Eventually.that("it waits for its next attempt", () -> time.pendingTimers() == 1);
            time.advance(Duration.ofSeconds(seconds).minusNanos(1));
            assertThat(time.pendingTimers()).isOne();
            time.advance(Duration.ofNanos(1));
        }
        assertThat(handle.result()).isEqualTo(4);
        LocalStats stats = local.stats();
        assertThat(List.of(stats.retried(), stats.failed(), stats.completed())).containsExactly(3L, 2L, 1L);
    }

    @Test
    void endsBySignal() {
        LocalHandle<?> dead = local.run("dead", o -> o.retry(Retry.standard()), () -> {
            throw new DeadLetter("never");
        });
        LocalHandle<?> discarded = local.run("discarded", () -> {
            throw new Discard("not wanted");
        });
        assertThatThrownBy(dead::result).hasMessageContaining("never");
        assertThatThrownBy(discarded::result).hasMessageContaining("not wanted");
        assertThat(dead.state()).isEqualTo(LocalState.FAILED);
        assertThat(discarded.state()).isEqualTo(LocalState.CANCELLED);
    }

    @Test
    void interruptsAtTheTimeout() {
        use(builder().timeout(LONG));
        LocalHandle<?> handle = block();
        time.advance(LONG);
        assertThatThrownBy(handle::result).hasCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void countsAndShowsWhatIgnoresItsInterrupt() throws Exception {
        use(builder().timeout(LONG));
        LocalHandle<?> handle = local.run("deaf", () -> {
            blocked.countDown();
            while (go.getCount() > 0) {
                Thread.onSpinWait();
            }
        });
        Eventually.await(blocked);
        time.advance(LONG);
        time.advance(Duration.ofSeconds(5));
        assertThat(local.stats().stuck()).isOne();
        assertThat(local.stuck()).extracting(LocalJob::type).containsExactly("deaf");
        assertThat(local.stats().permitsInUse()).isOne();
        go.countDown();
        handle.result();
        assertThat(local.stats().stuck()).isZero();
    }

    @Test
    void isNotBegunAfterItsDeadline() {
        LocalHandle<?> late = local.run("late", o -> o.deadline(time.now()), () -> {});
        assertThatThrownBy(late::result).hasMessageContaining("deadline");
    }

    @Test
    void carriesMdcDeadlineAndContext() throws Exception {
        ThreadLocal<String> trace = new ThreadLocal<>();
        use(builder().carrying(() -> {
            String captured = trace.get();
            return captured == null
                    ? null
                    : () -> {
                        trace.set(captured);
                        return trace::remove;
                    };
        }));
        MDC.put("user", "u1");
        trace.set("t1");
        Instant deadline = time.now().plusSeconds(9);
        Map<String, String> seen = local.submit("outer", o -> o.deadline(deadline), () -> {
                    LocalHandle<String> inner = local.submit(
                            "inner", () -> LocalTasks.currentDeadline().orElseThrow() + " " + trace.get());
                    assertThat(inner.result()).isEqualTo(deadline + " t1");
                    return MDC.getCopyOfContextMap();
                })
                .result();
        MDC.clear();
        trace.remove();
        assertThat(seen)
                .containsEntry("user", "u1")
                .containsEntry("task.type", "outer")
                .containsEntry("task.queue", "test")
                .containsEntry("task.attempt", "1")
                .containsKey("task.id");
        assertThat(LocalTasks.currentDeadline()).isEmpty();
    }

    @Test
    void keepsTheOrderOfAKeyThroughRetries() throws Exception {
        ConcurrentLinkedQueue<String> order = new ConcurrentLinkedQueue<>();
        AtomicBoolean failed = new AtomicBoolean();
        LocalHandle<?> first =
                local.run("first", o -> o.key("k").retry(Retry.fixed(LONG).jitter(0)), () -> {
                    if (failed.compareAndSet(false, true)) {
                        throw new IOException("once");
                    }
                    order.add("first");
                });
        LocalHandle<?> second = local.runInOrder("k", "second", () -> order.add("second"));
        LocalHandle<?> called = local.runInOrder("k", "called off", () -> order.add("called off"));
        local.runInOrder("other", "other", () -> order.add("other")).result();
        Eventually.that("it waits for its next attempt", () -> time.pendingTimers() == 1);
        assertThat(called.cancel()).isTrue();
        assertThat(second.state()).isEqualTo(LocalState.WAITING);
        time.advance(LONG);
        first.result();
        second.result();
        assertThat(order).containsExactly("other", "first", "second");
        Eventually.that("no key is in use", () -> local.stats().running() == 0);
    }

    @Test
    void startsNoFasterThanTheRate() {
        use(builder().rate(2, Duration.ofSeconds(1)));
        AtomicInteger runs = new AtomicInteger();
        for (int i = 0; i < 5; i++) {
            local.run("paced", runs::incrementAndGet);
        }
        Eventually.that("two ran", () -> runs.get() == 2);
        for (int expected = 3; expected <= 5; expected++) {
            Eventually.that("the line pauses", () -> time.pendingTimers() == 1);
            time.advance(Duration.ofMillis(499));
            assertThat(runs).hasValue(expected - 1);
            time.advance(Duration.ofMillis(1));
            int now = expected;
            Eventually.that("one more ran", () -> runs.get() == now);
        }
    }

    @Test
    void repeats() {
        AtomicInteger runs = new AtomicInteger();
        Repetition beat = local.every(Duration.ofSeconds(1), Overlap.SKIP, "beat", () -> {
            runs.incrementAndGet();
            throw new IOException("does not end it");
        });
        for (int i = 1; i <= 3; i++) {
            time.advance(Duration.ofSeconds(1));
            int expected = i;
            Eventually.that(
                    "it ran", () -> runs.get() == expected && local.stats().running() == 0);
        }
        beat.close();
        time.advance(LONG);
        assertThat(runs).hasValue(3);
        assertThat(beat.runs()).isEqualTo(3);
    }

    @Test
    void skipsOrFollowsARunThatGoesOn() {
        AtomicInteger runs = new AtomicInteger();
        LocalAction slow = () -> {
            runs.incrementAndGet();
            go.await();
        };
        Repetition skips = local.every(Duration.ofSeconds(1), Overlap.SKIP, "skips", slow);
        Repetition follows = local.every(Duration.ofSeconds(1), Overlap.RUN_AFTER, "follows", slow);
        Repetition allows = local.every(Duration.ofSeconds(1), Overlap.ALLOW, "allows", slow);
        time.advance(Duration.ofSeconds(3));
        Eventually.that("all run", () -> runs.get() == 5);
        assertThat(skips.skipped()).isEqualTo(2);
        go.countDown();
        Eventually.that("the one that follows ran", () -> runs.get() == 6);
        assertThat(List.of(skips.runs(), follows.runs(), allows.runs())).containsExactly(1L, 2L, 3L);
    }

    @Test
    void throttles() {
        Throttle<String> throttle = local.throttle("notify", Duration.ofSeconds(1));
        ConcurrentLinkedQueue<Integer> ran = new ConcurrentLinkedQueue<>();
        for (int i = 1; i <= 4; i++) {
            int call = i;
            throttle.call("k", () -> ran.add(call));
        }
        Eventually.that("the first ran", () -> ran.size() == 1);
        time.advance(Duration.ofSeconds(1));
        Eventually.that("the last ran", () -> ran.size() == 2);
        assertThat(ran).containsExactly(1, 4);
        time.advance(Duration.ofSeconds(1));
        assertThat(time.pendingTimers()).isZero();
    }

    @Test
    void aHandleIsAwaitedWithALimit() throws Exception {
        LocalHandle<?> handle = block();
        assertThat(handle.await(Duration.ZERO)).isFalse();
        ConcurrentLinkedQueue<Throwable> thrown = new ConcurrentLinkedQueue<>();
        Thread waiter = Thread.ofVirtual().start(() -> catching(thrown, () -> handle.result(LONG)));
        Eventually.that("it waits", () -> time.pendingTimers() == 1);
        time.advance(LONG);
        waiter.join();
        assertThat(thrown).singleElement().isInstanceOf(AwaitTimeoutException.class);
    }

    @Test
    void jobsThatWaitForJobsDoNotUseUpThePermits() throws Exception {
        use(builder().permits(1));
        assertThat(local.submit("outer", () -> local.submit("inner", () -> 7).result())
                        .result())
                .isEqualTo(7);
    }

    @Test
    void closeReportsWhatIsLeft() {
        List<Leftover> taken = new ArrayList<>();
        use(builder().permits(1).onLeftover(taken::add));
        block();
        LocalHandle<?> waiting = local.run("waiting", () -> {});
        LocalHandle<?> delayed = local.run("delayed", o -> o.delay(LONG), () -> {});
        LocalReport report = local.stop(Duration.ZERO, Duration.ZERO);
        assertThat(report.complete()).isFalse();
        assertThat(report.leftovers()).extracting(left -> left.job().type()).contains("waiting", "delayed");
        assertThat(taken).hasSameSizeAs(report.leftovers());
        assertThat(waiting.state()).isEqualTo(LocalState.CANCELLED);
        assertThat(delayed.isDone()).isTrue();
        assertThat(local.stop(LONG, LONG)).isSameAs(report);
        assertThatThrownBy(() -> local.run("late", () -> {})).isInstanceOf(LocalClosedException.class);
    }

    @Test
    void closeLetsFinishWhatCan() throws Exception {
        use(builder().permits(1));
        block();
        LocalHandle<?> waiting = local.run("waiting", () -> {});
        Thread closer = Thread.ofVirtual().start(local::close);
        Eventually.that("the close waits", () -> time.pendingTimers() == 1);
        go.countDown();
        closer.join();
        assertThat(waiting.state()).isEqualTo(LocalState.COMPLETED);
        assertThat(local.stop(LONG, LONG).complete()).isTrue();
    }

    @Test
    void saysWhatIsWrongWithItsSettings() {
        assertThatThrownBy(() -> LocalTasks.named("x").permits(0)).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(
                        () -> LocalTasks.named("x").waitingRoom(0).rate(1, LONG).build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("waitingRoom");
        assertThatThrownBy(() -> LocalTasks.named("x")
                        .whenFull(WhenFull.runInCaller())
                        .rate(1, LONG)
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("waitAtMost");
        assertThatThrownBy(() -> local.throttle("t", Duration.ZERO)).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> local.every(Duration.ZERO, Overlap.SKIP, "t", () -> {}))
                .isInstanceOf(ConfigurationException.class);
    }
}
