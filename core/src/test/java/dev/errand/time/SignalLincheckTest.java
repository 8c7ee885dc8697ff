package dev.errand.time;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** Every interleaving, up to a number, of those who raise a signal and the one who waits for it. */
public class SignalLincheckTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final Signal signal = new Signal(new ManualTime(Instant.EPOCH));

    @Operation
    public void raise() {
        signal.raise();
    }

    @Operation(nonParallelGroup = "waiter")
    public boolean poll() throws InterruptedException {
        return signal.await(Duration.ZERO);
    }

    @Test
    void isAFlagThatAWaitLowers() {
        new ModelCheckingOptions().iterations(8).invocationsPerIteration(300).check(SignalLincheckTest.class);
    }

    /** A lost raise would be a deadlock, which the model checker reports. */
    @Test
    void noRaiseIsLostWhileAWaitBegins() {
        Lincheck.runConcurrentTest(400, () -> {
            Signal raised = new Signal(new ManualTime(Instant.EPOCH));
            AtomicReference<String> answer = new AtomicReference<>("none");
            Thread waiter = new Thread(() -> answer.set(wait(raised)));
            waiter.start();
            raised.raise();
            join(waiter);
            expect("raised", answer.get());
        });
    }

    @Test
    void timeEndsTheWaitUnlessARaiseDoes() {
        Lincheck.runConcurrentTest(400, () -> {
            ManualTime time = new ManualTime(Instant.EPOCH);
            Signal signal = new Signal(time);
            AtomicReference<String> answer = new AtomicReference<>("none");
            Thread waiter = new Thread(() -> answer.set(wait(signal)));
            Thread raiser = new Thread(signal::raise);
            waiter.start();
            raiser.start();
            time.advance(LONG);
            join(raiser);
            join(waiter);
            // A raise after the wait's end is there for the next one.
            String later = answer.get().equals("raised") ? "timed out" : "raised";
            expect(later, poll(signal));
        });
    }

    private static String wait(Signal signal) {
        try {
            return signal.await(LONG) ? "raised" : "timed out";
        } catch (InterruptedException e) {
            return "interrupted";
        }
    }

    private static String poll(Signal signal) {
        try {
            return signal.await(Duration.ZERO) ? "raised" : "timed out";
        } catch (InterruptedException e) {
            return "interrupted";
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void expect(String expected, String actual) {
        if (!expected.equals(actual)) {
            throw new AssertionError("expected " + expected + " but got " + actual);
        }
    }
}
