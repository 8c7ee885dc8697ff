package dev.errand.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SignalTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final ManualTime time = new ManualTime(Instant.EPOCH);
    private final Signal signal = new Signal(time);

    @Test
    void aRaiseBeforeTheWaitIsNotLostAndSeveralCountAsOne() throws Exception {
        signal.raise();
        signal.raise();
        assertThat(signal.await(LONG)).isTrue();
        assertThat(signal.await(Duration.ZERO)).isFalse();
        assertThat(time.pendingTimers()).isZero();
    }

    @Test
    void aRaiseEndsTheWaitAndItsTimer() throws Exception {
        FutureTask<Boolean> wait = waiting(() -> signal.await(LONG));
        signal.raise();
        assertThat(wait.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(time.pendingTimers()).isZero();
    }

    @Test
    void timeEndsTheWaitAndALateRaiseIsForTheNext() throws Exception {
        FutureTask<Boolean> wait = waiting(() -> signal.await(Duration.ofSeconds(5)));
        time.advance(Duration.ofSeconds(5));
        assertThat(wait.get(10, TimeUnit.SECONDS)).isFalse();
        signal.raise();
        assertThat(signal.await(Duration.ZERO)).isTrue();
    }

    @Test
    void anInterruptEndsTheWaitAndItsTimerAndLeavesARaiseAlone() throws Exception {
        FutureTask<Boolean> wait = new FutureTask<>(() -> signal.await(LONG));
        Thread thread = Thread.ofVirtual().start(wait);
        untilWaiting();
        thread.interrupt();
        assertThatThrownBy(() -> wait.get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(time.pendingTimers()).isZero();

        signal.raise();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> signal.await(LONG)).isInstanceOf(InterruptedException.class);
        assertThat(signal.await(Duration.ZERO)).isTrue();
    }

    private FutureTask<Boolean> waiting(Callable<Boolean> work) {
        FutureTask<Boolean> wait = new FutureTask<>(work);
        Thread.ofVirtual().start(wait);
        untilWaiting();
        return wait;
    }

    /** The timer is set just before the wait; what comes in between must not be lost either. */
    private void untilWaiting() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (time.pendingTimers() == 0) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
