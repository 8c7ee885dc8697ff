package dev.errand.nats;

import dev.errand.BrokerClosedException;
import dev.errand.ErrandException;
import dev.errand.broker.AttemptToken;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.Intake;
import dev.errand.broker.Lease;
import dev.errand.broker.Outcome;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.broker.Renewal;
import dev.errand.broker.Settled;
import dev.errand.broker.Signals;
import dev.errand.broker.Subscription;
import dev.errand.broker.TakeRequest;
import dev.errand.broker.WorkerSpec;
import dev.errand.time.Signal;
import dev.errand.time.Time;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker's intake: a {@link Line} for each queue. A take asks the queues in their order for what there is now; if that is
 * nothing, it leaves a request for one task with each and waits.
 */
final class NatsIntake implements Intake {
    private static final Logger log = LoggerFactory.getLogger(NatsIntake.class);

    /** What nobody has asked for by then goes back. */
    private static final Duration FORGOTTEN = Duration.ofMillis(500);

    private final NatsBroker broker;
    private final Parts parts;
    private final NatsQueueControl control;
    private final WorkerSpec spec;
    private final Signals signals;
    private final Map<String, Line> lines = new LinkedHashMap<>();
    private final Map<Lease, HeldTask> held = new ConcurrentHashMap<>();
    private final Settling settling;
    private final Returning returning;
    private final Dispatcher dispatcher;
    private final Signal bell;
    private final Runnable ring;
    private final AtomicBoolean nudged = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean stopped;

    NatsIntake(NatsBroker broker, Parts parts, NatsQueueControl control, WorkerSpec spec, Signals signals) {
        this.broker = broker;
        this.parts = parts;
        this.control = control;
        this.spec = spec;
        this.signals = signals;
        this.settling = new Settling(parts, held);
        this.returning = new Returning(parts);
        this.bell = new Signal(parts.time());
        this.ring = bell::raise;
        this.dispatcher = parts.link().connection().createDispatcher();
        dispatcher.setPendingLimits(-1, -1);
        for (String queue : spec.queues().keySet()) {
            Duration ackWait = parts.topology().queue(queue);
            lines.put(
                    queue,
                    new Line(
                            parts.link(),
                            parts.options(),
                            dispatcher,
                            queue,
                            parts.subjects().taskStream(queue),
                            Topology.WORKER,
                            ackWait,
                            ring));
        }
        parts.link().listen(ring);
    }

    Collection<HeldTask> held() {
        return held.values();
    }

    Signals signals() {
        return signals;
    }

    // ---- take

    @Override
    public List<Delivery> take(TakeRequest request) {
        Time time = parts.time();
        long end = time.nanoTime() + request.maxWait().toNanos();
        boolean interrupted = false;
        try {
            while (!stopped) {
                parts.link().requireUp();
                repair();
                List<TakeRequest.Demand> demands = demands(request);
                List<Delivery> deliveries = collect(request, demands);
                if (!deliveries.isEmpty()) {
                    return deliveries;
                }
                Duration left = Duration.ofNanos(end - time.nanoTime());
                if (nudged.getAndSet(false) || !left.isPositive()) {
                    return List.of();
                }
                arm(demands);
                try {
                    bell.await(left.compareTo(FORGOTTEN) < 0 ? left : FORGOTTEN);
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

    /**
     * A stream or consumer that has been removed is made again, if we may. Not that of a subscription: who removes one does not
     * want it, and who makes it again makes its queue.
     */
    private void repair() {
        for (Line line : lines.values()) {
            if (!line.isMissing()) {
                continue;
            }
            if (Subscription.nameOf(line.queue()).isEmpty()) {
                log.warn("The stream {} or its consumer {} does not answer; looking", line.stream(), Topology.WORKER);
                parts.topology().doubt();
                parts.topology().shared();
                parts.topology().queue(line.queue());
                line.repaired();
            } else if (parts.js()
                    .find("CONSUMER.INFO." + line.stream() + "." + Topology.WORKER, "")
                    .isPresent()) {
                line.repaired();
            }
        }
    }

    /** Of queues that are not paused. */
    private List<TakeRequest.Demand> demands(TakeRequest request) {
        Map<String, Instant> paused = control.held();
        return paused.isEmpty()
                ? request.demands()
                : request.demands().stream()
                        .filter(demand -> !paused.containsKey(demand.queue()))
                        .toList();
    }

    private List<Delivery> collect(TakeRequest request, List<TakeRequest.Demand> demands) {
        List<Delivery> deliveries = new ArrayList<>();
        for (TakeRequest.Demand demand : demands) {
            Line line = lines.get(demand.queue());
            int room = Math.min(demand.max(), request.max() - deliveries.size());
            if (line == null || room < 1 || stopped) {
                continue;
            }
            List<Message> messages = line.poll(room);
            if (messages.isEmpty()) {
                messages = line.pull(room, request.maxWait().isZero());
            }
            deliveries.addAll(admit(line, messages));
        }
        return deliveries;
    }

    private void arm(List<TakeRequest.Demand> demands) {
        for (TakeRequest.Demand demand : demands) {
            Line line = lines.get(demand.queue());
            if (line != null && !stopped) {
                line.arm(1);
            }
        }
    }

    /** Makes deliveries of those that can run; the others go back. */
    private List<Delivery> admit(Line line, List<Message> messages) {
        List<Delivery> deliveries = new ArrayList<>(messages.size());
        List<Delivered> back = new ArrayList<>();
        Instant now = parts.time().now();
        for (Message message : messages) {
            Delivered delivered = Delivered.of(line, message);
            if (delivered.times() > 1) {
                if (!isRunningHere(delivered)) {
                    back.add(delivered);
                }
                continue;
            }
            Messages.Read read = parts.read(line, delivered.message());
            Instant due = read.envelope().notBefore();
            if (!read.own() && due != null && due.isAfter(now)) {
                back.add(delivered);
            } else {
                parts.removeReplaced(delivered);
                deliveries.add(hold(delivered, read));
            }
        }
        returning.giveBack(back);
        return deliveries;
    }

    /** After its restart a server may not know what it has handed out. */
    private boolean isRunningHere(Delivered delivered) {
        for (HeldTask task : held.values()) {
            if (task.line() == delivered.line()
                    && task.message().sequence() == delivered.message().sequence()
                    && task.isWanted()) {
                return true;
            }
        }
        return false;
    }

    private Delivery hold(Delivered delivered, Messages.Read read) {
        Envelope envelope = read.envelope();
        AttemptToken token =
                new AttemptToken(read.takes() + 1, parts.context().random().nextLong());
        Lease lease = new Lease(envelope.id(), delivered.line().queue(), token);
        held.put(
                lease,
                new HeldTask(
                        parts.time(),
                        lease,
                        delivered.line(),
                        delivered.message(),
                        delivered.acknowledge(),
                        read.own(),
                        token.number(),
                        spec.lease()));
        return new Delivery(envelope, lease, read.defect(), delivered.message().time());
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
    }

    /** What came for a take that is over, and for none since. */
    void giveBackForgotten() {
        lines.values().forEach(line -> giveBack(line, line.forgotten(FORGOTTEN)));
    }

    private void giveBack(Line line, List<Message> messages) {
        returning.giveBack(
                messages.stream().map(message -> Delivered.of(line, message)).toList());
    }

    // ---- settle and renew

    @Override
    public List<Settled> settle(List<Outcome> outcomes) {
        requireOpen();
        return settling.settle(outcomes);
    }

    @Override
    public List<Renewal> renew(Collection<Lease> leases) {
        requireOpen();
        parts.link().requireUp();
        List<HeldTask> doubtful = new ArrayList<>();
        for (Lease lease : leases) {
            HeldTask task = held.get(lease);
            if (task != null) {
                task.want(spec.lease());
                if (!task.isFresh()) {
                    doubtful.add(task);
                }
            }
        }
        List<Boolean> ours = Settling.areOurs(parts, doubtful);
        for (int i = 0; i < doubtful.size(); i++) {
            if (!ours.get(i)) {
                doubtful.get(i).lose();
            }
        }
        return leases.stream()
                .map(lease -> {
                    HeldTask task = held.get(lease);
                    return task == null || task.isLost() ? Renewal.LOST : Renewal.KEPT;
                })
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
        parts.link().forget(ring);
        try {
            lines.values().forEach(line -> giveBack(line, line.poll(Integer.MAX_VALUE)));
            List<Outcome> open = new ArrayList<>();
            held.values().forEach(task -> open.add(released(task)));
            settling.settle(open);
        } catch (ErrandException e) {
            log.warn(
                    "Worker {} could not give its tasks back on close; they run again when their leases have run out",
                    spec.id(),
                    e);
        }
        broker.forget(this);
        if (lines.values().stream().anyMatch(Line::isAsking)) {
            broker.afterwards(this::leave);
        } else {
            leave();
        }
    }

    /** No request can be called back: what the last one brings goes back when it has ended. */
    private void leave() {
        try {
            for (Line line : lines.values()) {
                line.awaitEnd(Line.WAIT.multipliedBy(2));
                giveBack(line, line.poll(Integer.MAX_VALUE));
            }
        } catch (ErrandException e) {
            log.debug("What came after the end of worker {} runs again when its lease has run out", spec.id(), e);
        }
        parts.link().connection().closeDispatcher(dispatcher);
    }

    private Outcome released(HeldTask task) {
        Envelope envelope = parts.read(task.line(), task.message()).envelope();
        return new Outcome(task.lease(), envelope, new Verdict.Release(Duration.ZERO, "its worker has left"));
    }
}
