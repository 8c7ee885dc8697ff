package dev.errand.rabbitmq;

import dev.errand.BrokerUnavailableException;
import dev.errand.DeadCause;
import dev.errand.InvalidTaskException;
import dev.errand.StorageException;
import dev.errand.broker.Envelope;
import dev.errand.broker.Lease;
import dev.errand.broker.Outcome;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.broker.Settled;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes outcomes down. What is done is acknowledged. What lives on, or is dead, is published first, confirmed, and then
 * acknowledged where it came from: a crash in between leaves it twice, never not at all.
 */
final class Settling {
    private final RabbitBroker broker;
    private final Map<Lease, Held> held = new ConcurrentHashMap<>();
    /** What was settled by a call that failed afterwards and is repeated. */
    private final Set<Lease> settled = ConcurrentHashMap.newKeySet();

    Settling(RabbitBroker broker) {
        this.broker = broker;
    }

    void hold(Held one) {
        held.put(one.lease(), one);
    }

    boolean holds(Lease lease) {
        Held one = held.get(lease);
        return one != null && !one.arrival().line().isOver();
    }

    Collection<Held> all() {
        return List.copyOf(held.values());
    }

    /** Forgets what was delivered on a line that has ended; answers the attempts that have lost their tasks by that. */
    List<Lease> lost(Line line) {
        List<Lease> lost = new ArrayList<>();
        held.values().removeIf(one -> {
            boolean its = one.arrival().line() == line;
            if (its) {
                lost.add(one.lease());
            }
            return its;
        });
        return lost;
    }

    List<Settled> settle(List<Outcome> outcomes) {
        Settled[] answers = new Settled[outcomes.size()];
        List<Held> done = new ArrayList<>();
        List<Copy> copies = new ArrayList<>();
        Set<Lease> spoken = new HashSet<>();
        Instant now = broker.time().now();
        for (int i = 0; i < answers.length; i++) {
            Outcome outcome = outcomes.get(i);
            Lease lease = outcome.lease();
            Held one = held.get(lease);
            if (settled.contains(lease) && spoken.add(lease)) {
                answers[i] = new Settled.Done();
            } else if (one == null || one.arrival().line().isOver() || !spoken.add(lease)) {
                answers[i] = new Settled.Stale();
            } else if (outcome.verdict() instanceof Verdict.Complete || outcome.verdict() instanceof Verdict.Cancel) {
                done.add(one);
                answers[i] = new Settled.Done();
            } else {
                try {
                    copies.add(new Copy(i, one, parcel(outcome, one, now)));
                } catch (InvalidTaskException e) {
                    answers[i] = new Settled.Refused(e);
                }
            }
        }
        acknowledge(done);
        done.forEach(one -> settled.add(one.lease()));
        publish(copies, answers);
        settled.clear();
        return List.of(answers);
    }

    private record Copy(int place, Held held, Parcel parcel) {}

    private void publish(List<Copy> copies, Settled[] answers) {
        if (copies.isEmpty()) {
            return;
        }
        List<Publisher.Word> words =
                broker.publish(copies.stream().map(Copy::parcel).toList());
        List<Held> stored = new ArrayList<>();
        String failed = null;
        for (int i = 0; i < words.size(); i++) {
            Copy copy = copies.get(i);
            if (words.get(i) == Publisher.Word.STORED) {
                stored.add(copy.held);
                answers[copy.place] = new Settled.Done();
            } else {
                failed = copy.parcel.queue() + " (" + words.get(i) + ")";
            }
        }
        acknowledge(stored);
        if (failed != null) {
            stored.forEach(one -> settled.add(one.lease()));
            throw new StorageException("RabbitMQ at " + broker.options() + " did not take a task back into the queue "
                    + failed + "; look whether the queue is there and not full. It is tried again");
        }
    }

    private Parcel parcel(Outcome outcome, Held one, Instant now) {
        return switch (outcome.verdict()) {
            case Verdict.Retry retry -> again(outcome.envelope(), one, retry.delay(), now);
            case Verdict.Release release -> again(outcome.envelope(), one, release.delay(), now);
            case Verdict.Dead dead -> dead(outcome.envelope(), one, dead.cause(), dead.reason(), now);
            case Verdict.Complete complete -> throw new AssertionError(complete);
            case Verdict.Cancel cancel -> throw new AssertionError(cancel);
        };
    }

    /** The same task, to be taken after a delay. */
    Parcel again(Envelope task, Held one, Duration delay, Instant now) {
        Instant due = delay.isPositive() ? ceil(now.plus(delay)) : null;
        return parcel(task, one, due, now);
    }

    private Parcel parcel(Envelope task, Held one, @Nullable Instant due, Instant now) {
        Writing.Stamp stamp = new Writing.Stamp(one.lease().token().number(), due, null);
        // It stays where it was taken, whatever its headers say.
        String queue = one.lease().queue();
        Message message = broker.writing().write(task, stamp, origin(one));
        return new Parcel(
                queue, broker.delays().to(broker.topology().queue(queue), due == null ? now : due, now), message);
    }

    private static Instant ceil(Instant at) {
        return Instant.ofEpochMilli(at.plusNanos(999_999).toEpochMilli());
    }

    private Parcel dead(Envelope task, Held one, DeadCause cause, String reason, Instant now) {
        Writing.Death death = new Writing.Death(now, cause, reason);
        Writing.Stamp stamp = new Writing.Stamp(one.lease().token().number(), null, death);
        Message message = broker.writing().write(task, stamp, origin(one));
        return new Parcel(null, new Delays.Address("", broker.layout().dead()), message);
    }

    private static com.rabbitmq.client.AMQP.BasicProperties origin(Held one) {
        return one.arrival().message().properties();
    }

    /** Without a round trip; if a channel is gone, what was to be acknowledged on it is delivered again. */
    void acknowledge(Collection<Held> some) {
        Map<Line, List<Long>> byLine = new HashMap<>();
        for (Held one : some) {
            held.remove(one.lease());
            byLine.computeIfAbsent(one.arrival().line(), line -> new ArrayList<>())
                    .add(one.arrival().tag());
        }
        byLine.forEach((line, tags) -> {
            try {
                line.acknowledge(tags);
            } catch (IOException e) {
                line.abort();
            }
        });
    }

    /** Gives tasks back uncounted: a copy each, then the acknowledgement. */
    void giveBack(Collection<Held> some) {
        if (some.isEmpty()) {
            return;
        }
        Instant now = broker.time().now();
        List<Held> alive =
                some.stream().filter(one -> !one.arrival().line().isOver()).toList();
        List<Parcel> parcels = alive.stream()
                .map(one -> again(one.read().envelope(), one, Duration.ZERO, now))
                .toList();
        List<Publisher.Word> words = broker.publish(parcels);
        List<Held> stored = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            if (words.get(i) == Publisher.Word.STORED) {
                stored.add(alive.get(i));
            }
        }
        acknowledge(stored);
        if (stored.size() < alive.size()) {
            throw new BrokerUnavailableException("RabbitMQ at " + broker.options() + " did not take "
                    + (alive.size() - stored.size()) + " tasks back; they go back as after a crash");
        }
    }

    /** Sends on what came before its time; answers what the broker did not take. */
    List<Held> sendRound(List<Held> early) {
        Instant now = broker.time().now();
        return move(
                early,
                early.stream()
                        .map(one ->
                                parcel(one.read().envelope(), one, one.read().due(), now))
                        .toList());
    }

    /** Sends what is on its last chance to where it waits to run alone; answers what the broker did not take. */
    List<Held> setAside(List<Held> suspects) {
        return move(suspects, suspects.stream().map(this::aside).toList());
    }

    private Parcel aside(Held one) {
        Writing.Stamp stamp = new Writing.Stamp(one.lease().token().number(), null, null);
        String queue = one.lease().queue();
        Delays.Address to = new Delays.Address("", broker.topology().alone(queue));
        return new Parcel(queue, to, broker.writing().write(one.read().envelope(), stamp, origin(one)));
    }

    private List<Held> move(List<Held> all, List<Parcel> parcels) {
        List<Publisher.Word> words = broker.publish(parcels);
        List<Held> stored = new ArrayList<>();
        List<Held> left = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            (words.get(i) == Publisher.Word.STORED ? stored : left).add(all.get(i));
        }
        acknowledge(stored);
        return left;
    }
}
