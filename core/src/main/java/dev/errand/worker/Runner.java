package dev.errand.worker;

import dev.errand.CodecException;
import dev.errand.InvalidTaskException;
import dev.errand.Middleware;
import dev.errand.TypeSpec;
import dev.errand.broker.Outcome;
import dev.errand.broker.Payload;
import dev.errand.client.Codecs;
import dev.errand.client.EnvelopeFactory;
import dev.errand.time.Time;
import dev.errand.worker.Attempt.Stop;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs handlers, each on a virtual thread of its own. An attempt goes: arm the timer, decode the payload, middleware and
 * handler, encode the result, judge, report, leave the slot. The slot is held until the thread has really ended. Whatever the
 * codec or a handler throws, {@code Error}s included, is judged; an attempt that not even ends is handed to
 * {@code onDefect}.
 */
final class Runner {
    private final Codecs codecs;
    private final EnvelopeFactory limits;
    private final Judge judge;
    private final Time time;
    private final Ends ends;
    private final List<Middleware> middleware;
    private final ChildEnqueuer children;
    private final Suspects suspects;
    private final Keeping keeping;
    private final BiConsumer<Attempt, Stop> onStop;
    private final BiConsumer<Attempt, Throwable> onDefect;
    private final Consumer<Attempt> onEnd;

    Runner(
            Codecs codecs,
            EnvelopeFactory limits,
            Judge judge,
            Time time,
            List<Middleware> middleware,
            ChildEnqueuer children,
            Suspects suspects,
            Keeping keeping,
            BiConsumer<Attempt, Stop> onStop,
            Ends ends,
            BiConsumer<Attempt, Throwable> onDefect,
            Consumer<Attempt> onEnd) {
        this.codecs = codecs;
        this.limits = limits;
        this.judge = judge;
        this.time = time;
        this.middleware = middleware;
        this.children = children;
        this.suspects = suspects;
        this.keeping = keeping;
        this.onStop = onStop;
        this.ends = ends;
        this.onDefect = onDefect;
        this.onEnd = onEnd;
    }

    /** Throws whatever keeps a thread from being made; nothing is done then. */
    void start(Attempt attempt) {
        Thread.ofVirtual().name("errand-task-" + attempt.envelope().id()).start(() -> run(attempt));
    }

    private void run(Attempt attempt) {
        try {
            TaskMdc.begin(attempt);
            Ending ending = ending(attempt);
            boolean counts = attempt.claim();
            if (counts && ending.outcome != null) {
                ends.ended(attempt, ending.outcome, ending.failure);
            } else if (ending.failure != null) {
                ends.unreported(attempt, ending.failure);
            }
        } catch (Throwable t) {
            onDefect.accept(attempt, t);
        } finally {
            onEnd.accept(attempt);
        }
    }

    /** Without an outcome: there is nothing to report. */
    private record Ending(
            @Nullable Outcome outcome, @Nullable Throwable failure) {}

    /** Whatever goes wrong, even in the engine itself, an attempt has an ending, or else its task would be leased for ever. */
    private Ending ending(Attempt attempt) {
        try {
            Optional<Outcome> decided = judge.beforeRun(attempt);
            return decided.isPresent() ? new Ending(decided.get(), null) : runHandler(attempt);
        } catch (Throwable t) {
            return new Ending(judge.release(attempt, WorkerEngine.AFTER_DEFECT, "the engine failed: " + t), t);
        }
    }

    private Ending runHandler(Attempt attempt) {
        HandlerTable.Registration registration = attempt.registration;
        if (registration == null) {
            throw new IllegalStateException("only tasks with a handler run");
        }
        try {
            try {
                return withinItsTime(attempt, registration);
            } finally {
                attempt.end();
            }
        } catch (Throwable t) {
            return new Ending(judge.threw(attempt, t).orElse(null), t);
        }
    }

    /** All that the user's code does, the codec's work included, so that a timeout or a stop interrupts each of it. */
    private Ending withinItsTime(Attempt attempt, HandlerTable.Registration registration) throws Exception {
        Instant now = time.now();
        if (!attempt.begin(Thread.currentThread(), arm(attempt, now))) {
            throw new InterruptedException("stopped before it began");
        }
        suspects.awaitTurn(attempt);
        Object payload;
        try {
            payload =
                    codecs.decodePayload(registration.spec(), attempt.envelope().payload());
        } catch (CodecException e) {
            if (attempt.stopped() == null) {
                return new Ending(judge.undecodable(attempt, e), e);
            }
            throw e; // interrupted, which says nothing about the payload
        }
        Payload result = encoded(registration.spec(), call(attempt, registration, payload, now));
        if (result != null) {
            try {
                limits.checkSize("Task type " + registration.spec().name() + ": the result", result);
            } catch (InvalidTaskException e) {
                // Another attempt would do the work again, and end here again.
                return new Ending(judge.unsettleable(attempt, e), e);
            }
        }
        return new Ending(judge.completed(attempt, result), null);
    }

    private @Nullable Object call(Attempt attempt, HandlerTable.Registration registration, Object payload, Instant now)
            throws Exception {
        Context context = new Context(attempt, judge.maxAttempts(attempt), children, keeping);
        ends.began(attempt, now);
        try {
            return chain(0, registration.invoker(), payload, context);
        } finally {
            ends.handlerEnded(attempt);
        }
    }

    private @Nullable Object chain(int index, HandlerTable.Invoker invoker, Object payload, Context context)
            throws Exception {
        if (index == middleware.size()) {
            return invoker.invoke(payload, context);
        }
        return middleware.get(index).around(payload, context, () -> chain(index + 1, invoker, payload, context));
    }

    /** The timeout, or the task's deadline if that comes first. */
    private Time.Timer arm(Attempt attempt, Instant now) {
        Instant until = now.plus(judge.timeout(attempt));
        Stop reason = Stop.TIMEOUT;
        Instant own = attempt.envelope().deadline();
        if (own != null && own.isBefore(until)) {
            until = own;
            reason = Stop.EXPIRED;
        }
        attempt.deadline = until;
        Stop because = reason;
        return time.after(Duration.between(now, until), () -> onStop.accept(attempt, because));
    }

    private @Nullable Payload encoded(TypeSpec<?> spec, @Nullable Object result) {
        Type type = spec.resultType().orElse(null);
        if (type == null) {
            return null;
        }
        if (result == null) {
            throw new NullPointerException(
                    "the handler of task type " + spec.name() + " returned null; a result is not null");
        }
        return codecs.encode(spec.name(), result, type, 1);
    }
}
