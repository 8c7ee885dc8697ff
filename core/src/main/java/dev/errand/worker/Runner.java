package dev.errand.worker;

import dev.errand.CodecException;
import dev.errand.Middleware;
import dev.errand.TypeSpec;
import dev.errand.broker.Outcome;
import dev.errand.broker.Payload;
import dev.errand.client.Codecs;
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
 * Runs handlers, each on a virtual thread of its own. An attempt goes: decode the payload, arm the timer, middleware and
 * handler, encode the result, judge, report, leave the slot. The slot is held until the thread has really ended. Nothing that
 * a handler throws, {@code Error}s included, gets past {@link #run}.
 */
final class Runner {
    private static final Duration AFTER_DEFECT = Duration.ofSeconds(5);

    private final Codecs codecs;
    private final Judge judge;
    private final Time time;
    private final TaskLog log;
    private final List<Middleware> middleware;
    private final ChildEnqueuer children;
    private final Suspects suspects;
    private final BiConsumer<Attempt, Stop> onStop;
    private final BiConsumer<Attempt, Outcome> onOutcome;
    private final Consumer<Attempt> onEnd;

    Runner(
            Codecs codecs,
            Judge judge,
            Time time,
            List<Middleware> middleware,
            ChildEnqueuer children,
            Suspects suspects,
            BiConsumer<Attempt, Stop> onStop,
            BiConsumer<Attempt, Outcome> onOutcome,
            Consumer<Attempt> onEnd) {
        this.codecs = codecs;
        this.judge = judge;
        this.time = time;
        this.log = new TaskLog(time);
        this.middleware = middleware;
        this.children = children;
        this.suspects = suspects;
        this.onStop = onStop;
        this.onOutcome = onOutcome;
        this.onEnd = onEnd;
    }

    void start(Attempt attempt) {
        Thread.ofVirtual().name("errand-task-" + attempt.envelope().id()).start(() -> run(attempt));
    }

    private void run(Attempt attempt) {
        try {
            Optional<Ending> ending = ending(attempt);
            if (attempt.claim()) {
                ending.ifPresent(e -> {
                    onOutcome.accept(attempt, e.outcome);
                    say(attempt, e);
                });
            }
        } finally {
            onEnd.accept(attempt);
        }
    }

    /** After the report, because a logger calls the exception's own methods, and those may throw. */
    private void say(Attempt attempt, Ending ending) {
        try {
            log.ended(attempt, ending.outcome, ending.failure);
        } catch (RuntimeException | StackOverflowError e) {
            log.ended(attempt, ending.outcome, null);
        }
    }

    private record Ending(Outcome outcome, @Nullable Throwable failure) {}

    /** Whatever goes wrong, even in the engine itself, an attempt has an ending, or else its task would be leased for ever. */
    private Optional<Ending> ending(Attempt attempt) {
        try {
            Optional<Outcome> decided = judge.beforeRun(attempt);
            return decided.isPresent() ? decided.map(o -> new Ending(o, null)) : runHandler(attempt);
        } catch (Throwable t) {
            return Optional.of(new Ending(judge.release(attempt, AFTER_DEFECT, "the engine failed: " + t), t));
        }
    }

    private Optional<Ending> runHandler(Attempt attempt) {
        HandlerTable.Registration registration = attempt.registration;
        if (registration == null) {
            throw new IllegalStateException("only tasks with a handler run");
        }
        try {
            Object payload;
            try {
                payload = codecs.decodePayload(
                        registration.spec(), attempt.envelope().payload());
            } catch (CodecException e) {
                return Optional.of(new Ending(judge.undecodable(attempt, e), e));
            }
            Object result;
            try {
                result = call(attempt, registration, payload);
            } finally {
                attempt.end();
            }
            return Optional.of(new Ending(judge.completed(attempt, encoded(registration.spec(), result)), null));
        } catch (Throwable t) {
            return judge.threw(attempt, t).map(outcome -> new Ending(outcome, t));
        }
    }

    private @Nullable Object call(Attempt attempt, HandlerTable.Registration registration, Object payload)
            throws Exception {
        Context context = new Context(attempt, judge.maxAttempts(attempt), children);
        if (!attempt.begin(Thread.currentThread(), arm(attempt))) {
            throw new InterruptedException("stopped before it began");
        }
        suspects.awaitTurn(attempt);
        return chain(0, registration.invoker(), payload, context);
    }

    private @Nullable Object chain(int index, HandlerTable.Invoker invoker, Object payload, Context context)
            throws Exception {
        if (index == middleware.size()) {
            return invoker.invoke(payload, context);
        }
        return middleware.get(index).around(payload, context, () -> chain(index + 1, invoker, payload, context));
    }

    /** The timeout, or the task's deadline if that comes first. */
    private Time.Timer arm(Attempt attempt) {
        Instant now = time.now();
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
