package dev.errand.nats;

import dev.errand.StorageException;
import dev.errand.broker.Envelope;
import dev.errand.broker.Lease;
import dev.errand.broker.Outcome;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.broker.Settled;
import dev.errand.broker.Subscription;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Writes outcomes down, many at once, in steps: look whether those that are not {@linkplain HeldTask#isFresh fresh} are still
 * ours; store what becomes of the task (a copy that is ready, one that waits, a dead letter); remove the original. A worker
 * that dies between the last two leaves an original behind whose copy {@link Returning} finds.
 */
final class Settling {
    private static final Settled DONE = new Settled.Done();
    private static final Settled STALE = new Settled.Stale();

    private final Parts parts;
    private final Map<Lease, HeldTask> held;

    /** Where a copy went. */
    private enum Target {
        NOWHERE,
        READY,
        LATER,
        DEAD
    }

    private static final class Job {
        final Outcome outcome;
        final @Nullable HeldTask task;

        @Nullable
        Settled answer;

        Target target = Target.NOWHERE;

        @Nullable
        Future<Message> under;

        long copy;

        Job(Outcome outcome, @Nullable HeldTask task) {
            this.outcome = outcome;
            this.task = task;
            this.answer = task == null || task.isLost() ? STALE : null;
        }

        HeldTask task() {
            return Objects.requireNonNull(task);
        }

        Future<Message> under() {
            return Objects.requireNonNull(under);
        }

        boolean isOpen() {
            return answer == null;
        }
    }

    Settling(Parts parts, Map<Lease, HeldTask> held) {
        this.parts = parts;
        this.held = held;
    }

    List<Settled> settle(List<Outcome> outcomes) {
        parts.link().requireUp();
        List<Job> jobs = new ArrayList<>(outcomes.size());
        Set<Lease> seen = new HashSet<>();
        for (Outcome outcome : outcomes) {
            jobs.add(new Job(outcome, seen.add(outcome.lease()) ? held.get(outcome.lease()) : null));
        }
        look(jobs);
        store(jobs);
        remove(jobs);
        List<Settled> answers = new ArrayList<>(jobs.size());
        for (Job job : jobs) {
            Settled answer = Objects.requireNonNull(job.answer);
            answers.add(answer);
            if (job.task != null && !(answer instanceof Settled.Refused)) {
                held.remove(job.outcome.lease(), job.task);
            }
        }
        return answers;
    }

    // ---- look

    private void look(List<Job> jobs) {
        List<Job> doubtful = jobs.stream()
                .filter(job -> job.isOpen() && !job.task().isFresh())
                .toList();
        List<HeldTask> tasks = doubtful.stream().map(Job::task).toList();
        List<Boolean> ours = areOurs(parts, tasks);
        for (int i = 0; i < doubtful.size(); i++) {
            if (!ours.get(i)) {
                doubtful.get(i).answer = STALE;
            }
        }
    }

    /** Whether each message is still where it was. */
    static List<Boolean> areOurs(Parts parts, List<HeldTask> tasks) {
        List<Future<Message>> asked = new ArrayList<>(tasks.size());
        for (HeldTask task : tasks) {
            asked.add(parts.js().askAt(task.line().stream(), task.message().sequence()));
        }
        Link.Deadline deadline = parts.link().deadline();
        List<Boolean> ours = new ArrayList<>(tasks.size());
        for (int i = 0; i < tasks.size(); i++) {
            Optional<Stored> there = parts.js().stored(asked.get(i), deadline);
            Stored mine = tasks.get(i).message();
            ours.add(there.isPresent()
                    && there.get().subject().equals(mine.subject())
                    && there.get().time().equals(mine.time()));
        }
        return ours;
    }

    // ---- store

    private void store(List<Job> jobs) {
        List<Job> storing = new ArrayList<>();
        for (Job job : jobs) {
            if (job.isOpen()) {
                send(job);
                if (job.target != Target.NOWHERE) {
                    storing.add(job);
                }
            }
        }
        Link.Deadline deadline = parts.link().deadline();
        for (Job job : storing) {
            stored(job, parts.publishing().answer(job.under(), deadline), true);
        }
    }

    private void send(Job job) {
        Instant now = parts.time().now();
        switch (job.outcome.verdict()) {
            case Verdict.Retry retry -> sendAgain(job, now, retry.delay());
            case Verdict.Release release -> sendAgain(job, now, release.delay());
            case Verdict.Dead dead -> sendDead(job, new Messages.Death(dead.cause(), dead.reason(), now));
            case Verdict.Complete done -> {}
            case Verdict.Cancel cancel -> {}
        }
    }

    private void sendAgain(Job job, Instant now, Duration delay) {
        HeldTask task = job.task();
        Envelope envelope = job.outcome.envelope();
        String tail = tail(task);
        String queue = task.line().queue();
        if (delay.isPositive()) {
            job.target = Target.LATER;
            Headers headers = Messages.encode(envelope, next(task), task.takes(), now.plus(delay));
            job.under = publish(parts.subjects().delayed(queue, tail), headers, job, tail, null);
        } else {
            job.target = Target.READY;
            long original = task.message().sequence();
            Headers headers =
                    Messages.encode(envelope, next(task), task.takes()).put(Messages.REPLACES, Long.toString(original));
            job.under = publish(parts.subjects().task(queue, tail), headers, job, tail, task.own() ? original : 0L);
        }
    }

    private void sendDead(Job job, Messages.Death death) {
        HeldTask task = job.task();
        job.target = Target.DEAD;
        String tail = tail(task);
        Headers headers = Messages.encode(job.outcome.envelope(), next(task), task.takes(), death);
        job.under = publish(parts.subjects().dead(task.line().queue(), tail), headers, job, tail, null);
    }

    private Future<Message> publish(String subject, Headers headers, Job job, String tail, @Nullable Long expected) {
        // The nonce is this attempt's own: what it repeats is recognised, and what another one says is not taken for
        // it.
        String id = Publishing.idOf(
                tail,
                next(job.task()),
                Long.toHexString(job.outcome.lease().token().nonce()));
        return parts.publishing()
                .send(subject, headers, job.outcome.envelope().payload().bytes(), id, expected);
    }

    private static long next(HeldTask task) {
        return task.message().revision() + 1;
    }

    private String tail(HeldTask task) {
        return task.own()
                ? parts.subjects().tail(task.message().subject())
                : Subjects.token(task.lease().task().value()) + "."
                        + task.message().sequence();
    }

    private void stored(Job job, Publishing.Answer answer, boolean again) {
        switch (answer) {
            case Publishing.Answer.Done done -> job.copy = done.sequence();
            case Publishing.Answer.Occupied occupied -> job.answer = STALE;
            case Publishing.Answer.Unroutable nowhere -> {
                if (Subscription.nameOf(job.task().line().queue()).isPresent() && job.target == Target.READY) {
                    job.answer = DONE; // the subscription was removed, and its tasks with it
                    return;
                }
                if (!again) {
                    throw new StorageException("No stream takes what becomes of task "
                            + job.outcome.lease().task() + " of queue "
                            + job.outcome.lease().queue());
                }
                parts.topology().doubt();
                parts.topology().shared();
                parts.topology().queue(job.task().line().queue());
                send(job);
                stored(job, parts.publishing().answer(job.under(), parts.link().deadline()), false);
            }
            case Publishing.Answer.Failed failed ->
                job.answer = new Settled.Refused(new StorageException(
                        "The outcome of task " + job.outcome.lease().task() + " of type "
                                + job.outcome.envelope().type() + " cannot be stored: " + failed.why()));
        }
    }

    // ---- remove

    private void remove(List<Job> jobs) {
        List<Job> fresh = new ArrayList<>();
        List<Job> deleted = new ArrayList<>();
        for (Job job : jobs) {
            if (!job.isOpen()) {
                continue;
            }
            HeldTask task = job.task();
            if (task.isFresh()) {
                fresh.add(job);
            } else {
                job.under = parts.js()
                        .askDelete(task.line().stream(), task.message().sequence());
                deleted.add(job);
            }
        }
        acknowledge(fresh);
        Link.Deadline deadline = parts.link().deadline();
        for (Job job : deleted) {
            job.answer =
                    parts.js().deleted(job.under(), deadline) || job.target == Target.READY ? DONE : superseded(job);
        }
    }

    /**
     * Many at once, confirmed by the last of each consumer: a server takes what comes over one connection for one consumer in its
     * order. What another connection took from there on says nothing of what came before.
     */
    private void acknowledge(List<Job> jobs) {
        Map<Line, Job> last = new HashMap<>();
        jobs.forEach(job -> last.put(job.task().line(), job));
        String connection = parts.link().identity();
        for (Job job : jobs) {
            String subject = job.task().acknowledge();
            if (Objects.equals(last.get(job.task().line()), job)) {
                job.under = parts.acknowledge(subject);
            } else {
                parts.acknowledgeSoon(subject);
            }
        }
        Link.Deadline deadline = parts.link().deadline();
        last.values().forEach(job -> parts.link().await(job.under(), deadline));
        parts.link().requireSame(connection);
        jobs.forEach(job -> job.answer = DONE);
    }

    /** Somebody else was faster: takes back what has been stored. */
    private Settled superseded(Job job) {
        if (job.target == Target.LATER) {
            parts.js().delete(parts.subjects().delayStream(), job.copy);
        } else if (job.target == Target.DEAD) {
            parts.js().delete(parts.subjects().deadStream(), job.copy);
        }
        return STALE;
    }
}
