package dev.errand.sql;

import dev.errand.BrokerClosedException;
import dev.errand.TaskId;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.Intake;
import dev.errand.broker.Lease;
import dev.errand.broker.Outcome;
import dev.errand.broker.Renewal;
import dev.errand.broker.Settled;
import dev.errand.broker.Signals;
import dev.errand.broker.TakeRequest;
import dev.errand.broker.WorkerSpec;
import dev.errand.time.Time;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One worker's intake. A blocked take waits as a {@link Ticket}. */
final class SqlIntake implements Intake {
    private static final Logger log = LoggerFactory.getLogger(SqlIntake.class);
    /** In case every wake-up was lost; the switchboard's own look is more frequent. */
    private static final long SAFETY_NET = TimeUnit.SECONDS.toNanos(5);

    private static final int ROWS_PER_CALL = 256;
    private static final String CANCELS =
            "SELECT id FROM task WHERE state = 2 AND worker = ? AND cancel_reason IS NOT NULL";

    private final SqlBroker broker;
    private final WorkerSpec spec;
    private final Signals signals;
    private final long slot;
    private final Taking.Taker taker;
    private final Bell bell = new Bell();
    private final AtomicBoolean closed = new AtomicBoolean();
    /** What was taken here and has no key and no large payload: its completion needs no look at the row. */
    private final Set<Lease> plain = ConcurrentHashMap.newKeySet();

    private final AtomicBoolean nudged = new AtomicBoolean();
    private volatile boolean stopped;
    /** Whether the last take found something: then the next one does not look first. */
    private boolean flowing;

    SqlIntake(SqlBroker broker, WorkerSpec spec, Signals signals, long slot) {
        this.broker = broker;
        this.spec = spec;
        this.signals = signals;
        this.slot = slot;
        this.taker = new Taking.Taker(slot, Millis.of(spec.lease()));
    }

    long slot() {
        return slot;
    }

    Signals signals() {
        return signals;
    }

    @Override
    public List<Delivery> take(TakeRequest request) {
        List<Delivery> deliveries = takeOrWait(request);
        for (Delivery delivery : deliveries) {
            Envelope task = delivery.envelope();
            if (task.unique() == null
                    && task.debounce() == null
                    && !TaskRow.isLarge(task.payload().size())) {
                plain.add(delivery.lease());
            }
        }
        return deliveries;
    }

    private List<Delivery> takeOrWait(TakeRequest request) {
        if (stopped) {
            return List.of();
        }
        if (flowing || look(request)) {
            List<Delivery> deliveries = broker.writer().call(request.max(), takeNow(request));
            flowing = !deliveries.isEmpty();
            if (flowing) {
                return deliveries;
            }
        }
        if (!request.maxWait().isPositive() || nudged.getAndSet(false)) {
            return List.of();
        }
        return waitAndTake(request);
    }

    private Call.Work<List<Delivery>> takeNow(TakeRequest request) {
        return tx -> broker.taking().take(tx, request, taker);
    }

    private boolean look(TakeRequest request) {
        return broker.readers().read(session -> broker.taking().look(session, request));
    }

    private List<Delivery> waitAndTake(TakeRequest request) {
        AtomicBoolean expired = new AtomicBoolean();
        Time.Timer timer = broker.time().after(request.maxWait(), () -> {
            expired.set(true);
            bell.ring();
        });
        try {
            while (true) {
                List<Delivery> deliveries = waitOnce(request, expired);
                flowing = !deliveries.isEmpty();
                if (flowing || isOver(expired)) {
                    return deliveries;
                }
            }
        } finally {
            timer.cancel();
            nudged.set(false);
        }
    }

    private boolean isOver(AtomicBoolean expired) {
        return expired.get() || stopped || nudged.get();
    }

    private List<Delivery> waitOnce(TakeRequest request, AtomicBoolean expired) {
        Ticket ticket = new Ticket(request, new Call<>(request.max(), takeNow(request), bell::ring), bell);
        broker.takers().park(ticket);
        try {
            boolean found;
            try {
                found = waitForTasks(request, ticket, expired);
            } catch (RuntimeException e) {
                if (ticket.claim()) {
                    throw e;
                }
                return ticket.call().await(); // the writer has it already: what it takes must not be lost
            }
            if (ticket.claim()) {
                if (!found) {
                    return List.of();
                }
                broker.writer().submit(ticket.call());
            }
            return ticket.call().await();
        } finally {
            broker.takers().leave(ticket);
        }
    }

    /** Waits until there is something to take, the ticket was claimed, or the wait is over; answers whether to take. */
    private boolean waitForTasks(TakeRequest request, Ticket ticket, AtomicBoolean expired) {
        boolean look = true; // what was stored before the ticket was parked
        while (!ticket.isClaimed() && !isOver(expired)) {
            if (look && look(request)) {
                return true;
            }
            bell.awaitUninterruptibly(SAFETY_NET);
            look = true;
        }
        return false;
    }

    @Override
    public void nudge() {
        nudged.set(true);
        bell.ring();
    }

    @Override
    public void stopTaking() {
        stopped = true;
        bell.ring();
    }

    @Override
    public List<Settled> settle(List<Outcome> outcomes) {
        requireOpen();
        List<Settled> answers = broker.inParts(outcomes, ROWS_PER_CALL, (tx, part) -> Settling.settle(tx, part, plain));
        outcomes.forEach(outcome -> plain.remove(outcome.lease()));
        return answers;
    }

    @Override
    public List<Renewal> renew(Collection<Lease> leases) {
        requireOpen();
        List<Renewal> answers = broker.writer().call(leases.size(), tx -> {
            broker.workers().beat(tx, slot, spec, broker.lockFile());
            return Settling.renew(tx, leases, taker.leaseMillis());
        });
        int i = 0;
        for (Lease lease : leases) {
            if (answers.get(i++) == Renewal.LOST) {
                plain.remove(lease);
            }
        }
        return answers;
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new BrokerClosedException("The intake of worker " + spec.id() + " is closed; open another");
        }
    }

    /** Asks which of its tasks somebody wants called off, and tells the engine. Called by the switchboard. */
    void checkCancels() {
        for (TaskId task : broker.readers().read(this::cancels)) {
            signals.cancel(task);
        }
    }

    private List<TaskId> cancels(Session session) throws SQLException {
        PreparedStatement select = session.prepare(CANCELS);
        select.setLong(1, slot);
        List<TaskId> tasks = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                tasks.add(TaskId.of(row.getString(1)));
            }
        }
        return tasks;
    }

    @Override
    public void close() {
        stopTaking();
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        broker.forget(this);
        plain.clear();
        try {
            broker.writer().call(1, tx -> {
                broker.workers().leave(tx, slot);
                return true;
            });
        } catch (RuntimeException e) {
            broker.workers().abandon(slot);
            log.warn(
                    "Worker {} could not give its tasks back on close; they are recovered as after a crash",
                    spec.id(),
                    e);
        }
    }
}
