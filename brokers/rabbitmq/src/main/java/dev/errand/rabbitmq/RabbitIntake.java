package dev.errand.rabbitmq;

import dev.errand.AttemptError;
import dev.errand.BrokerClosedException;
import dev.errand.ErrandException;
import dev.errand.broker.AttemptToken;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.History;
import dev.errand.broker.Intake;
import dev.errand.broker.Lease;
import dev.errand.broker.Outcome;
import dev.errand.broker.Renewal;
import dev.errand.broker.Settled;
import dev.errand.broker.Signals;
import dev.errand.broker.TakeRequest;
import dev.errand.broker.WorkerSpec;
import dev.errand.time.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker's intake: a {@link Feed} for each of its queues, from which takes are served. The lease of what was taken lasts as
 * long as the channel that it came on. A thread of its own, {@code errand-rabbitmq-returns}, gives back what came and is not
 * asked for any more.
 */
final class RabbitIntake implements Intake {
    private static final Logger log = LoggerFactory.getLogger(RabbitIntake.class);
    /** So long a take waits for an acknowledgement to make room before it asks for more. */
    private static final Duration PATIENCE = Duration.ofMillis(20);
    /** How soon to look again at what was passed over. */
    private static final Duration SOON = Duration.ofMillis(200);
    /** What nobody has asked for this long goes back. */
    private static final Duration UNCLAIMED = Duration.ofMillis(250);

    private final RabbitBroker broker;
    private final WorkerSpec spec;
    private final Signals signals;
    private final Settling settling;
    private final Map<String, Feed> feeds = new ConcurrentHashMap<>();
    private final Alone alone;
    private final Signal bell;
    private final Signal returning;
    private final Thread returns;
    private final AtomicBoolean nudged = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean stopped;

    RabbitIntake(RabbitBroker broker, WorkerSpec spec, Signals signals) {
        this.broker = broker;
        this.spec = spec;
        this.signals = signals;
        this.settling = new Settling(broker);
        this.alone = new Alone(broker, this::changed, this::ended);
        this.bell = new Signal(broker.time());
        this.returning = new Signal(broker.time());
        this.returns =
                Thread.ofPlatform().daemon().name("errand-rabbitmq-returns").unstarted(this::returnUnclaimed);
    }

    void start() {
        for (String queue : new TreeSet<>(spec.queues().keySet())) {
            broker.names().add(queue);
            broker.topology().queue(queue);
            broker.topology().alone(queue);
        }
        returns.start();
    }

    private Feed feed(String queue) {
        return feeds.computeIfAbsent(queue, name -> new Feed(broker, name, this::changed, this::ended));
    }

    /** On the thread that reads from the connection. */
    private void changed() {
        bell.raise();
        returning.raise();
    }

    /** On the thread that reads from the connection. */
    private void ended(Line line) {
        settling.lost(line).forEach(signals::lost);
    }

    // ---- taking

    @Override
    public List<Delivery> take(TakeRequest request) {
        long from = broker.time().nanoTime();
        boolean interrupted = false;
        boolean patient = true;
        try {
            while (!stopped) {
                requireOpen();
                List<Delivery> taken = collect(request);
                if (!taken.isEmpty()) {
                    return taken;
                }
                Duration left = request.maxWait().minusNanos(broker.time().nanoTime() - from);
                if (nudged.getAndSet(false)) {
                    return List.of();
                }
                boolean content = want(request, patient);
                if (!left.isPositive()) {
                    return List.of();
                }
                Duration wait = content ? min(left, untilNextLook(request)) : min(left, PATIENCE);
                try {
                    if (!bell.await(wait)) {
                        patient = false;
                        renewIdle(request);
                    }
                } catch (InterruptedException e) {
                    interrupted = true;
                }
                if (nudged.getAndSet(false)) {
                    return List.of();
                }
            }
            return List.of();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private Duration untilNextLook(TakeRequest request) {
        Duration until = max(alone.looksIn(), SOON);
        for (TakeRequest.Demand demand : request.demands()) {
            Feed feed = feed(demand.queue());
            until = min(until, feed.hasPassed() ? SOON : feed.renewsIn());
        }
        return until;
    }

    private void renewIdle(TakeRequest request) {
        for (TakeRequest.Demand demand : request.demands()) {
            Feed feed = feed(demand.queue());
            if (feed.renewsIn().isZero()) {
                feed.renew();
            }
        }
    }

    /** A queue had gone and was declared again. */
    void doubt(String queue) {
        Feed feed = feeds.get(queue);
        if (feed != null) {
            feed.doubt();
            bell.raise();
        }
    }

    /** Whether all is asked for; in strict order only of queues before which the others are known to be empty. */
    private boolean want(TakeRequest request, boolean patient) {
        boolean content = true;
        for (TakeRequest.Demand demand : request.demands()) {
            Feed feed = feed(demand.queue());
            content &= feed.want(Math.min(demand.max(), request.max()), patient);
            if (spec.strict() && !feed.isEmpty() && !feed.probe()) {
                return false;
            }
        }
        return content;
    }

    private List<Delivery> collect(TakeRequest request) {
        List<Delivery> taken = new ArrayList<>();
        List<Held> early = new ArrayList<>();
        List<Held> suspects = new ArrayList<>();
        Instant now = broker.time().now();
        Map<String, Integer> typeRoom = new HashMap<>(request.typeRoom());
        Map<Feed, Integer> wanting = new LinkedHashMap<>();
        for (TakeRequest.Demand demand : request.demands()) {
            int room = Math.min(demand.max(), request.max() - taken.size());
            if (room <= 0) {
                break;
            }
            Feed feed = feed(demand.queue());
            List<Held> some = feed.poll(room, typeRoom, arrival -> read(arrival, demand.queue(), now));
            for (Held held : some) {
                if (isEarly(held, now)) {
                    early.add(held);
                } else if (isOnLastChance(held)) {
                    suspects.add(held);
                } else {
                    take(held, taken);
                }
            }
            if (some.size() < room && !feed.isEmpty()) {
                if (spec.strict()) {
                    break; // perhaps more is on its way, and goes first
                }
                wanting.put(feed, room);
            }
        }
        if (!taken.isEmpty() && request.demands().size() > 1) {
            wanting.forEach(this::wantMore);
        }
        sendOn(early, settling::sendRound);
        suspects.forEach(held -> alone.expect(held.lease().queue()));
        sendOn(suspects, settling::setAside);
        if (taken.size() < request.max()) {
            takeAlone(request, now, taken);
        }
        return taken;
    }

    private static boolean isEarly(Held held, Instant now) {
        Instant due = held.read().due();
        return due != null && due.isAfter(now);
    }

    /** Whether one more crash makes it a dead letter. What cannot be read is not run, and crashes nobody. */
    private boolean isOnLastChance(Held held) {
        int crashes = held.read().envelope().history().crashes();
        return crashes > 0
                && crashes >= broker.context().crashLimit() - 1
                && held.read().defect() == null;
    }

    private void takeAlone(TakeRequest request, Instant now, List<Delivery> taken) {
        List<String> queues =
                request.demands().stream().map(TakeRequest.Demand::queue).toList();
        try {
            Alone.Fetched fetched = alone.next(queues);
            if (fetched != null) {
                take(read(fetched.arrival(), fetched.queue(), now), taken);
            }
        } catch (ErrandException e) {
            if (taken.isEmpty()) {
                throw e;
            }
            log.debug("the next take will say so", e);
        }
    }

    /** What cannot be sent on now waits here a little longer. */
    private void sendOn(List<Held> some, UnaryOperator<List<Held>> way) {
        if (some.isEmpty()) {
            return;
        }
        List<Held> left = some;
        try {
            left = way.apply(some);
        } catch (ErrandException e) {
            log.debug("{} messages cannot be sent on now", some.size(), e);
        }
        left.forEach(held -> feed(held.lease().queue()).putBack(held));
    }

    /** A queue that was passed over only because its messages were still on their way gets more of them from now on. */
    private void wantMore(Feed feed, int room) {
        try {
            feed.want(room, false);
        } catch (ErrandException e) {
            log.debug("the next take will say so", e);
        }
    }

    private void take(Held held, List<Delivery> taken) {
        settling.hold(held);
        Line line = held.arrival().line();
        if (line.isOver()) {
            // Its end may have been told before this was known to be held.
            settling.lost(line).forEach(signals::lost);
            return;
        }
        taken.add(new Delivery(held.read().envelope(), held.lease(), held.read().defect(), null));
    }

    /**
     * Each return is the crash of a worker, or the loss of its connection. From where tasks on their last chance are, every one
     * counts; from a queue not the last, for there it may only have been delivered ahead.
     */
    private Held read(Arrival arrival, String queue, Instant now) {
        Message message = arrival.message();
        Reading.Read read = broker.reading().read(message.properties(), message.body(), queue, now);
        int returns = arrival.returns();
        Envelope task = read.envelope();
        History history = task.history();
        int crashes = Math.max(0, returns - broker.losses().since(task.created()));
        int limit = broker.context().crashLimit();
        if (!arrival.isFetched() && limit > 1) {
            crashes = Math.min(crashes, Math.max(0, limit - 1 - history.crashes()));
        }
        for (int i = 0; i < Math.min(crashes, Topology.POISON_LIMIT); i++) {
            history = history.crashed(AttemptError.crash(
                    "unknown",
                    "The worker that held the task died, or lost its connection to the broker",
                    now,
                    history.attempts() + 1));
        }
        long number = read.takes() + returns + 1;
        Lease lease = new Lease(
                task.id(),
                queue,
                new AttemptToken(number, broker.context().random().nextLong()));
        return new Held(
                lease,
                arrival,
                new Reading.Read(task.withHistory(history), read.defect(), read.takes(), read.due(), read.death()));
    }

    @Override
    public void nudge() {
        nudged.set(true);
        bell.raise();
    }

    @Override
    public void stopTaking() {
        stopped = true;
        bell.raise();
        returning.raise();
        for (Feed feed : feeds.values()) {
            feed.stop();
            giveBack(feed);
        }
    }

    // ---- giving back

    private void returnUnclaimed() {
        while (!stopped) {
            try {
                returning.await(Duration.ofMinutes(1));
                while (!stopped && feeds.values().stream().anyMatch(feed -> feed.waiting() > 0)) {
                    feeds.values().stream().filter(this::isUnclaimed).forEach(this::giveBack);
                    returning.await(UNCLAIMED.dividedBy(4));
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private boolean isUnclaimed(Feed feed) {
        return feed.waiting() > 0 && broker.time().nanoTime() - feed.askedAt() > UNCLAIMED.toNanos();
    }

    private void giveBack(Feed feed) {
        Instant now = broker.time().now();
        List<Held> waiting = feed.pause(arrival -> read(arrival, feed.queue(), now));
        try {
            settling.giveBack(waiting);
        } catch (ErrandException e) {
            log.warn(
                    "Worker {} could not give {} tasks of queue {} back; they go back as after a crash",
                    spec.name(),
                    waiting.size(),
                    feed.queue(),
                    e);
            feed.drop();
        }
    }

    // ---- outcomes

    @Override
    public List<Settled> settle(List<Outcome> outcomes) {
        requireOpen();
        List<Settled> answers = settling.settle(outcomes);
        if (alone.isPromising()) {
            bell.raise();
        }
        return answers;
    }

    @Override
    public List<Renewal> renew(Collection<Lease> leases) {
        requireOpen();
        return leases.stream()
                .map(lease -> settling.holds(lease) ? Renewal.KEPT : Renewal.LOST)
                .toList();
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new BrokerClosedException("The intake of worker " + spec.id() + " is closed; open another");
        }
    }

    @Override
    public void close() {
        stopTaking();
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        returns.interrupt();
        try {
            settling.giveBack(settling.all());
        } catch (ErrandException e) {
            log.warn("Worker {} could not give its tasks back on close; they go back as after a crash", spec.id(), e);
        }
        feeds.values().forEach(Feed::close);
        alone.close();
        broker.forget(this);
    }
}
