package dev.errand.worker;

import dev.errand.BrokerUnavailableException;
import dev.errand.StepWork;
import dev.errand.SupersededException;
import dev.errand.broker.Names;
import dev.errand.broker.Payload;
import dev.errand.broker.Settled;
import dev.errand.broker.TaskRecords;
import dev.errand.broker.TaskRecords.Note;
import dev.errand.client.Codecs;
import dev.errand.client.EnvelopeFactory;
import dev.errand.time.Signal;
import dev.errand.time.Time;
import dev.errand.worker.Attempt.Stop;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The finished steps of one attempt's task. Those of earlier attempts are loaded with the first step, if there may be any. */
final class Steps {
    private static final Duration PAUSE = Duration.ofMillis(250);

    /**
     * What steps need of their worker.
     *
     * @param onStop hears of an attempt that turns out to be superseded
     */
    record Means(
            TaskRecords records, Codecs codecs, EnvelopeFactory limits, Time time, BiConsumer<Attempt, Stop> onStop) {}

    private final Attempt attempt;
    private final Means means;
    private final ReentrantLock loading = new ReentrantLock();
    private final Map<String, ReentrantLock> running = new ConcurrentHashMap<>();
    private @Nullable Map<String, Payload> finished;

    Steps(Attempt attempt, Means means) {
        this.attempt = attempt;
        this.means = means;
    }

    /** Runs a step, or answers what is kept of it; {@code type} null: it has no result. */
    <X extends Exception> @Nullable Object run(String name, @Nullable Type type, StepWork<?, X> work) throws X {
        Names.check("step name", name);
        ReentrantLock mine = running.computeIfAbsent(name, n -> new ReentrantLock());
        mine.lock();
        try {
            Map<String, Payload> known = finished();
            Payload kept = known.get(name);
            if (kept != null) {
                return type == null ? null : means.codecs.decode(type(), kept.bytes(), type);
            }
            checkOwner();
            Object result = work.run();
            Payload encoded = type == null ? Payload.EMPTY : encode(name, result, type);
            store(name, encoded);
            known.put(name, encoded);
            return result;
        } finally {
            mine.unlock();
        }
    }

    private Payload encode(String name, @Nullable Object result, Type type) {
        if (result == null) {
            throw new NullPointerException("the step '" + name + "' of task type " + type()
                    + " returned null; a result is not null, and a step without one has a form of its own");
        }
        Payload encoded = means.codecs.encode(type(), result, type, 1);
        means.limits.checkSize("Task type " + type() + ": the result of step '" + name + "'", encoded);
        return encoded;
    }

    private Map<String, Payload> finished() {
        loading.lock();
        try {
            Map<String, Payload> known = finished;
            if (known == null) {
                known = new ConcurrentHashMap<>();
                if (attempt.lease().token().number() > 1) {
                    known.putAll(patiently(
                            () -> means.records.steps(attempt.envelope().id())));
                }
                finished = known;
            }
            return known;
        } finally {
            loading.unlock();
        }
    }

    private void store(String name, Payload result) {
        Note note = new Note.StepDone(attempt.lease(), name, result);
        switch (patiently(() -> means.records.write(List.of(note))).getFirst()) {
            case Settled.Done done -> {}
            case Settled.Stale stale -> {
                means.onStop.accept(attempt, Stop.LOST);
                throw superseded();
            }
            case Settled.Refused refused -> throw refused.why();
        }
    }

    private void checkOwner() {
        if (attempt.stopped() == Stop.LOST) {
            throw superseded();
        }
    }

    private SupersededException superseded() {
        return new SupersededException("Task " + attempt.envelope().id() + " of type " + type() + " (run "
                + attempt.lease().token()
                + ") has lost its lease: another run may be under way, and nothing of this one is kept");
    }

    /** Through the broker's outages, until the attempt is interrupted. */
    private <T> T patiently(Supplier<T> call) {
        Signal pause = new Signal(means.time);
        while (true) {
            try {
                return call.get();
            } catch (BrokerUnavailableException e) {
                try {
                    pause.await(PAUSE);
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                    throw e;
                }
            }
        }
    }

    private String type() {
        return attempt.envelope().type();
    }
}
