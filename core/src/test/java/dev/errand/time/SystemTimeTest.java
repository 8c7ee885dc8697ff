package dev.errand.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SystemTimeTest {
    private final Time time = Time.system();

    @AfterEach
    void close() {
        time.close();
    }

    @Test
    void isTheSystemsClock() {
        assertThat(Duration.between(time.now(), Instant.now()).abs()).isLessThan(Duration.ofSeconds(5));
        long before = System.nanoTime();
        assertThat(time.nanoTime()).isBetween(before, System.nanoTime());
    }

    @Test
    void firesNoEarlierThanAskedOnADaemonThreadOfItsOwn() throws Exception {
        CompletableFuture<Long> fired = new CompletableFuture<>();
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        long start = System.nanoTime();
        time.after(Duration.ofMillis(20), () -> {
            fired.complete(System.nanoTime() - start);
            thread.complete(Thread.currentThread());
        });
        assertThat(fired.get(10, TimeUnit.SECONDS))
                .isGreaterThanOrEqualTo(Duration.ofMillis(20).toNanos());
        assertThat(thread.get().isDaemon()).isTrue();
        assertThat(thread.get().isVirtual()).isFalse();
    }

    @Test
    void goesOnAfterAnActionThatThrows() throws Exception {
        CountDownLatch second = new CountDownLatch(1);
        time.after(Duration.ZERO, () -> {
            throw new IllegalStateException("on purpose");
        });
        time.after(Duration.ofMillis(1), second::countDown);
        assertThat(second.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void neverFiresWhatWasCancelledNorAfterClose() throws Exception {
        AtomicBoolean wrong = new AtomicBoolean();
        CountDownLatch fence = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        // Holds the timers' one thread up, so that the next one cannot fire before it is cancelled.
        time.after(Duration.ZERO, () -> awaitUninterrupted(cancelled));
        time.after(Duration.ZERO, () -> wrong.set(true)).cancel();
        time.after(Duration.ZERO, fence::countDown);
        cancelled.countDown();
        assertThat(fence.await(10, TimeUnit.SECONDS)).isTrue();

        time.after(Duration.ofSeconds(Long.MAX_VALUE), () -> wrong.set(true));
        time.close();
        time.close();
        time.after(Duration.ZERO, () -> wrong.set(true)).cancel();
        assertThat(wrong).isFalse();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
