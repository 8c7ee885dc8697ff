package dev.errand.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BatcherTest {
    @Test
    void aLoneCallerFlushesAtOnce() {
        Batcher<String, Integer> batcher =
                new Batcher<>(10, items -> items.stream().map(String::length).toList());
        assertThat(batcher.submit("four")).isEqualTo(4);
        assertThat(batcher.submit("")).isZero();
    }

    @Test
    void whoComesDuringAFlushSharesTheNextOne() throws Exception {
        List<List<Integer>> batches = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch firstInFlight = new CountDownLatch(1);
        CountDownLatch othersWait = new CountDownLatch(1);
        Batcher<Integer, Integer> batcher = new Batcher<>(5, items -> {
            batches.add(List.copyOf(items));
            if (items.contains(0)) {
                firstInFlight.countDown();
                awaitUninterrupted(othersWait);
            }
            return items.stream().map(i -> i * 10).toList();
        });
        List<Thread> threads = new ArrayList<>();
        List<Integer> answers = Collections.synchronizedList(new ArrayList<>());
        threads.add(Thread.ofVirtual().start(() -> answers.add(batcher.submit(0))));
        firstInFlight.await();
        for (int i = 1; i <= 7; i++) {
            int item = i;
            Thread waiting = Thread.ofPlatform().start(() -> answers.add(batcher.submit(item)));
            threads.add(waiting);
            while (waiting.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
        }
        othersWait.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(answers).containsExactlyInAnyOrder(0, 10, 20, 30, 40, 50, 60, 70);
        assertThat(batches).containsExactly(List.of(0), List.of(1, 2, 3, 4, 5), List.of(6, 7));
    }

    @Test
    void aFailedFlushFailsItsOwnBatchOnlyAndAnErrorToo() {
        AtomicInteger flushes = new AtomicInteger();
        Batcher<Integer, Integer> batcher = new Batcher<>(5, items -> switch (flushes.getAndIncrement()) {
            case 0 -> throw new IllegalArgumentException("bad batch");
            case 1 -> throw new StackOverflowError();
            case 2 -> List.of();
            default -> items;
        });
        assertThatThrownBy(() -> batcher.submit(1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> batcher.submit(2)).hasRootCauseInstanceOf(StackOverflowError.class);
        assertThatThrownBy(() -> batcher.submit(3)).hasMessage("0 answers to 1 items");
        assertThat(batcher.submit(4)).isEqualTo(4);
    }

    @Test
    void anInterruptIsKeptAndCutsNothingShort() {
        Batcher<Integer, Integer> batcher = new Batcher<>(5, items -> items);
        Thread.currentThread().interrupt();
        assertThat(batcher.submit(1)).isEqualTo(1);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void underLoadEveryCallerGetsItsOwnAnswer() throws Exception {
        AtomicInteger flushing = new AtomicInteger();
        Batcher<Integer, Integer> batcher = new Batcher<>(100, items -> {
            assertThat(flushing.incrementAndGet()).isEqualTo(1);
            List<Integer> answers = items.stream().map(i -> -i).toList();
            flushing.decrementAndGet();
            return answers;
        });
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> right = new ArrayList<>();
            for (int caller = 0; caller < 64; caller++) {
                int base = caller * 1_000;
                right.add(callers.submit(() -> {
                    for (int i = base; i < base + 500; i++) {
                        if (batcher.submit(i) != -i) {
                            return false;
                        }
                    }
                    return true;
                }));
            }
            for (Future<Boolean> one : right) {
                assertThat(one.get()).isTrue();
            }
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
