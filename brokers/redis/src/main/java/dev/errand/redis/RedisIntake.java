package dev.errand.redis;

import dev.errand.BrokerClosedException;
import dev.errand.ErrandException;
import dev.errand.broker.Delivery;
import dev.errand.broker.Intake;
import dev.errand.broker.Lease;
import dev.errand.broker.Outcome;
import dev.errand.broker.Renewal;
import dev.errand.broker.Settled;
import dev.errand.broker.Signals;
import dev.errand.broker.TakeRequest;
import dev.errand.broker.WorkerSpec;
import dev.errand.time.Signal;
import dev.errand.time.Time;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker's intake. A take that finds nothing arms the {@link Waker}s of its queues and waits; a queue whose waker is armed
 * is known to be empty and not asked. The {@link Pulse} rings now and then, in case a wake-up was lost, and for queues without
 * a waker: those that are paused or crowded by types without room, and those beyond the limit of connections.
 */
final class RedisIntake implements Intake {
    private static final Logger log = LoggerFactory.getLogger(RedisIntake.class);

    private final RedisBroker broker;
    private final WorkerSpec spec;
    private final Signals signals;
    private final Taking taking;
    private final Settling settling;
    private final Held held = new Held();
    private final Signal bell;
    private final Map<String, Waker> wakers = new ConcurrentHashMap<>();
    private final AtomicBoolean nudged = new AtomicBoolean();
    /** Whether the next take shall ask every queue. */
    private final AtomicBoolean doubtful = new AtomicBoolean(true);

    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean stopped;

    RedisIntake(RedisBroker broker, WorkerSpec spec, Signals signals) {
        this.broker = broker;
        this.spec = spec;
        this.signals = signals;
        this.bell = new Signal(broker.time());
        this.taking = new Taking(broker, spec, held);
        this.settling = new Settling(broker, spec, held);
        int connections = 0;
        for (String queue : new TreeSet<>(spec.queues().keySet())) {
            if (connections++ < broker.options().blocking()) {
                wakers.put(queue, new Waker(broker.client(), broker.options().uri(), queue, this::ring));
            }
        }
    }

    WorkerSpec spec() {
        return spec;
    }

    Signals signals() {
        return signals;
    }

    Held held() {
        return held;
    }

    boolean holds(String id) {
        return held.holds(id);
    }

    boolean isStopped() {
        return stopped;
    }

    /** Something may be there. */
    void ring() {
        bell.raise();
    }

    /** Wake-ups may have been lost: the next take asks every queue. */
    void lookAgain() {
        doubtful.set(true);
        bell.raise();
    }

    @Override
    public List<Delivery> take(TakeRequest request) {
        Time time = broker.time();
        long from = time.nanoTime();
        boolean interrupted = false;
        try {
            while (!stopped) {
                List<Delivery> deliveries = taking.take(request, this::knownToBeEmpty);
                if (!deliveries.isEmpty()) {
                    return deliveries;
                }
                Duration left = request.maxWait().minusNanos(time.nanoTime() - from);
                if (nudged.getAndSet(false) || !left.isPositive()) {
                    return List.of();
                }
                arm(request);
                try {
                    bell.await(left);
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

    private boolean knownToBeEmpty(String queue) {
        if (doubtful.get()) {
            return false;
        }
        Waker waker = wakers.get(queue);
        return waker != null && waker.isArmed();
    }

    private void arm(TakeRequest request) {
        doubtful.set(false);
        for (TakeRequest.Demand demand : request.demands()) {
            Waker waker = wakers.get(demand.queue());
            if (waker != null && !taking.isHeldBack(demand.queue())) {
                waker.arm();
            }
        }
    }

    @Override
    public void nudge() {
        nudged.set(true);
        bell.raise();
    }

    @Override
    public void stopTaking() {
        stopped = true;
        wakers.values().forEach(Waker::close);
        bell.raise();
    }

    @Override
    public List<Settled> settle(List<Outcome> outcomes) {
        requireOpen();
        return settling.settle(outcomes);
    }

    @Override
    public List<Renewal> renew(Collection<Lease> leases) {
        requireOpen();
        broker.pulse().beat(this);
        taking.reclaimLost();
        return settling.renew(leases);
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
        try {
            settling.giveBack(held.all());
        } catch (ErrandException e) {
            log.warn(
                    "Worker {} could not give its tasks back on close; they are recovered as after a crash",
                    spec.id(),
                    e);
        }
        broker.forget(this);
        broker.pulse().leave(this);
    }

    /** Queues that a take must find by itself. */
    boolean polls() {
        return wakers.size() < spec.queues().size() || taking.sawHeldBack();
    }
}
