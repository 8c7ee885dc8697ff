package dev.errand.redis;

import dev.errand.broker.Envelope;
import dev.errand.broker.Lease;
import dev.errand.broker.Outcome;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.broker.Payload;
import dev.errand.broker.Renewal;
import dev.errand.broker.Settled;
import dev.errand.broker.UniqueKey;
import dev.errand.broker.WorkerSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes outcomes down, renews leases and gives tasks back: one script call for each queue of a batch. Thread-safe. */
final class Settling {
    private static final Logger log = LoggerFactory.getLogger(Settling.class);
    private static final Duration COUNTERS_KEPT = Duration.ofDays(90);
    /** So that the server is not held up for long. */
    private static final int RENEWALS_PER_CALL = 200;

    private static final Settled DONE = new Settled.Done();
    private static final Settled STALE = new Settled.Stale();
    private static final Renewal[] RENEWALS = {Renewal.LOST, Renewal.KEPT, Renewal.CANCEL_REQUESTED};

    private final RedisBroker broker;
    private final WorkerSpec spec;
    private final Held held;

    Settling(RedisBroker broker, WorkerSpec spec, Held held) {
        this.broker = broker;
        this.spec = spec;
        this.held = held;
    }

    /** What scripts that count start with: the time, the day, and how long the day's counters are kept. */
    static Arguments opening(Instant now) {
        return Arguments.at(now.toEpochMilli())
                .add(LocalDate.ofInstant(now, ZoneOffset.UTC).toString())
                .add(now.plus(COUNTERS_KEPT).getEpochSecond());
    }

    /** How a token stands in a task's hash. */
    static String run(Lease lease) {
        return lease.token().number() + "-%016x".formatted(lease.token().nonce());
    }

    // ---- outcomes

    List<Settled> settle(List<Outcome> outcomes) {
        try (Debouncing.Returns<Outcome> returns = broker.debouncing().returning(outcomes, Settling::returning)) {
            return write(returns.changed((outcome, task) -> new Outcome(outcome.lease(), task, outcome.verdict())));
        }
    }

    /** The task of an outcome if it waits again. */
    private static Debouncing.@Nullable Place returning(Outcome outcome) {
        return outcome.verdict() instanceof Verdict.Retry || outcome.verdict() instanceof Verdict.Release
                ? new Debouncing.Place(outcome.lease().queue(), outcome.envelope())
                : null;
    }

    private List<Settled> write(List<Outcome> outcomes) {
        Instant now = broker.time().now();
        List<Object> ordered = answers(outcomes, now);
        List<Settled> settled = new ArrayList<>(outcomes.size());
        UniqueKeys.Releases releases = broker.uniqueKeys().releases();
        for (int i = 0; i < outcomes.size(); i++) {
            Outcome outcome = outcomes.get(i);
            long answer = (Long) ordered.get(i);
            settled.add(answer == 0 ? STALE : DONE);
            held.remove(outcome.lease());
            if (answer == 2) {
                releases.free(outcome.envelope());
            } else if (answer == 1 && outcome.verdict() instanceof Verdict.Complete) {
                releases.ended(outcome.envelope());
            }
        }
        releases.run();
        return settled;
    }

    /** In one go, with a script of its own for the many of which little has to be said. */
    private List<Object> answers(List<Outcome> outcomes, Instant now) {
        Map<Boolean, List<Outcome>> byKind =
                outcomes.stream().collect(Collectors.partitioningBy(Settling::isDoneAndGone));
        Parts<Outcome> gone = new Parts<>(
                byKind.getOrDefault(true, List.of()), outcome -> outcome.lease().queue());
        Parts<Outcome> others = new Parts<>(
                byKind.getOrDefault(false, List.of()),
                outcome -> outcome.lease().queue());
        List<Link.Run> runs = new ArrayList<>(gone.runs(
                Script.DONE,
                () -> opening(now),
                (arguments, outcome) -> arguments
                        .add(outcome.lease().task().value())
                        .add(run(outcome.lease()))
                        .add(lock(outcome.envelope(), now, true))));
        int first = runs.size();
        runs.addAll(
                others.runs(Script.SETTLE, () -> opening(now), (arguments, outcome) -> add(arguments, outcome, now)));
        List<List<?>> answers = broker.link().runAll(runs);
        Iterator<Object> ofGone = gone.inOrder(answers.subList(0, first)).iterator();
        Iterator<Object> ofOthers =
                others.inOrder(answers.subList(first, runs.size())).iterator();
        List<Object> ordered = new ArrayList<>(outcomes.size());
        for (Outcome outcome : outcomes) {
            ordered.add(isDoneAndGone(outcome) ? ofGone.next() : ofOthers.next());
        }
        return ordered;
    }

    private static boolean isDoneAndGone(Outcome outcome) {
        return outcome.verdict() instanceof Verdict.Complete complete
                && !complete.retention().isPositive();
    }

    private static void add(Arguments arguments, Outcome outcome, Instant now) {
        Envelope task = outcome.envelope();
        arguments.add(outcome.lease().task().value()).add(run(outcome.lease()));
        boolean completed = outcome.verdict() instanceof Verdict.Complete;
        Messages.Stored stored = Messages.encode(task, completed ? now.getEpochSecond() : 0);
        switch (outcome.verdict()) {
            case Verdict.Complete complete -> {
                byte[] kind = kind(complete.result());
                verdict(arguments, "C", stored, after(now, complete.retention()), Integer.toString(kind.length))
                        .add(join(kind, complete.result()))
                        .add(lock(task, now, true));
            }
            case Verdict.Retry retry ->
                verdict(arguments, "R", stored, after(now, retry.delay()), "")
                        .add("")
                        .add("");
            case Verdict.Dead dead ->
                verdict(arguments, "X", stored, 0, dead.cause() + "\n" + dead.reason())
                        .add("")
                        .add(lock(task, now, false));
            case Verdict.Release release ->
                verdict(
                                arguments,
                                "L",
                                stored,
                                release.delay().isPositive() ? after(now, release.delay()) : 0,
                                release.reason())
                        .add("")
                        .add("");
            case Verdict.Cancel cancel ->
                verdict(arguments, "K", stored, cancel.retention().toMillis(), cancel.reason())
                        .add("")
                        .add("");
        }
    }

    private static Arguments verdict(
            Arguments arguments, String verdict, Messages.Stored stored, long at, String text) {
        return arguments
                .add(verdict)
                .add(stored.message())
                .add(stored.extras())
                .add(at)
                .add(text);
    }

    private static long after(Instant now, Duration span) {
        return Messages.millis(now.plus(span).plusNanos(999_999));
    }

    /** A result's content type and version, which asynq does not know. */
    private static byte[] kind(@Nullable Payload result) {
        return result == null ? Arguments.EMPTY : Keys.bytes(result.version() + " " + result.contentType());
    }

    private static byte[] join(byte[] kind, @Nullable Payload result) {
        if (result == null) {
            return Arguments.EMPTY;
        }
        byte[] both = java.util.Arrays.copyOf(kind, kind.length + result.size());
        System.arraycopy(result.bytes(), 0, both, kind.length, result.size());
        return both;
    }

    /** asynq's lock and how long it outlives the task. asynq frees its own at completion, and not at death. */
    private static String lock(Envelope task, Instant now, boolean completed) {
        UniqueKey unique = task.unique();
        String own = Messages.lockOf(task);
        if (unique != null && !own.isEmpty()) {
            long left = Duration.between(now, task.created().plus(unique.ttl())).toMillis();
            return Math.max(0, left) + "\n" + own;
        }
        String foreign = Messages.foreignLockOf(task);
        return completed && !foreign.isEmpty() ? "0\n" + foreign : "";
    }

    // ---- leases

    /** Call after call, not in one go: outcomes do not wait behind the leases of ten thousand running tasks. */
    List<Renewal> renew(Collection<Lease> leases) {
        Instant now = broker.time().now();
        long until = now.plus(spec.lease()).toEpochMilli();
        List<Lease> all = List.copyOf(leases);
        Parts<Lease> parts = new Parts<>(all, Lease::queue, RENEWALS_PER_CALL);
        List<List<?>> each = new ArrayList<>();
        for (Link.Run call : parts.runs(
                Script.RENEW,
                () -> Arguments.at(now.toEpochMilli()).add(until),
                (arguments, lease) -> arguments.add(lease.task().value()).add(run(lease)))) {
            each.addAll(broker.link().runAll(List.of(call)));
        }
        List<Object> answers = parts.inOrder(each);
        List<Renewal> renewals = new ArrayList<>(all.size());
        for (int i = 0; i < all.size(); i++) {
            Renewal renewal = RENEWALS[(int) (long) (Long) answers.get(i)];
            if (renewal == Renewal.LOST) {
                held.remove(all.get(i));
            }
            renewals.add(renewal);
        }
        return renewals;
    }

    // ---- giving back

    /** Puts tasks back to the front, the first taken first. */
    void giveBack(List<Held.Run> runs) {
        List<Held.Run> lastFirst = new ArrayList<>(runs);
        Collections.reverse(lastFirst);
        try (Debouncing.Returns<Held.Run> returns = broker.debouncing()
                .returning(lastFirst, run -> new Debouncing.Place(run.lease().queue(), run.task()))) {
            giveBack(lastFirst, returns);
        }
        log.debug("Worker {} gave {} tasks back", spec.id(), runs.size());
        runs.forEach(run -> held.remove(run.lease()));
    }

    private void giveBack(List<Held.Run> lastFirst, Debouncing.Returns<Held.Run> returns) {
        Instant now = broker.time().now();
        Parts<Held.Run> parts = new Parts<>(lastFirst, run -> run.lease().queue());
        List<List<?>> answers = broker.link()
                .runAll(parts.runs(
                        Script.GIVEBACK,
                        () -> Arguments.at(now.toEpochMilli()),
                        (arguments, run) -> arguments
                                .add(run.lease().task().value())
                                .add(run(run.lease()))
                                .add(returns.extras(run))));
        UniqueKeys.Releases releases = broker.uniqueKeys().releases();
        for (List<?> cancelled : answers) {
            for (int i = 0; i < cancelled.size(); i += 2) {
                String id = Keys.text((byte[]) cancelled.get(i));
                for (Held.Run run : lastFirst) {
                    if (run.lease().task().value().equals(id)) {
                        releases.free(run.task());
                    }
                }
            }
        }
        releases.run();
    }
}
