package dev.errand.client;

import dev.errand.BrokerClosedException;
import dev.errand.CapabilityException;
import dev.errand.Notice;
import dev.errand.StorageException;
import dev.errand.broker.Broker;
import dev.errand.broker.Envelope;
import dev.errand.broker.Receipt;
import dev.errand.broker.Subscriptions;
import dev.errand.notices.Notices;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Hands envelopes to the broker, tasks or events: single ones in natural batches, unless the broker gathers them itself; lists
 * as they come. Thread-safe.
 */
public final class Enqueuer {
    /** Large enough to amortise a sync to disk, small enough to keep a batch within a few milliseconds. */
    private static final int MAX_BATCH = 1_000;

    /** After so many failures without a success nothing more is tried: it is the storage, not a task. */
    private static final int FAILURES_OF_ALL = 3;

    private final Function<List<Envelope>, List<Receipt>> broker;
    private final Notice.Call call;
    private final @Nullable Notices notices;
    private final boolean brokerGathers;
    private final Batcher<Envelope, Receipt> batcher;
    private volatile boolean closed;

    /** Tasks onto one broker; {@code notices} is null if nobody listens. */
    public Enqueuer(Broker broker, @Nullable Notices notices) {
        this(broker::enqueue, Notice.Call.ENQUEUE, broker.gathersEnqueues(), notices);
    }

    private Enqueuer(
            Function<List<Envelope>, List<Receipt>> broker,
            Notice.Call call,
            boolean brokerGathers,
            @Nullable Notices notices) {
        this.broker = broker;
        this.call = call;
        this.notices = notices;
        this.brokerGathers = brokerGathers;
        this.batcher = new Batcher<>(MAX_BATCH, this::flush);
    }

    /** Events onto one broker; without any the first one is refused. */
    public static Enqueuer ofEvents(Broker broker, @Nullable Notices notices) {
        Optional<Subscriptions> port = broker.extension(Subscriptions.class);
        return new Enqueuer(
                events -> port.orElseThrow(() -> new CapabilityException("The event "
                                + events.getFirst().type() + " was not published: the broker "
                                + broker.profile().name() + " has no events; use a broker that has"))
                        .publish(events),
                Notice.Call.PUBLISH,
                broker.gathersEnqueues(),
                notices);
    }

    /**
     * One caller's task that the storage chokes on must not fail its batch, which others are in: after such a failure each is
     * tried alone, which the same ids make safe, until the storage proves to refuse everything.
     */
    private List<Receipt> flush(List<Envelope> batch) {
        try {
            return store(batch);
        } catch (StorageException whole) {
            if (batch.size() == 1) {
                throw whole;
            }
            return enqueueSingly(batch, whole);
        }
    }

    private List<Receipt> enqueueSingly(List<Envelope> batch, StorageException whole) {
        List<Receipt> receipts = new ArrayList<>(batch.size());
        boolean anyStored = false;
        for (Envelope task : batch) {
            if (!anyStored && receipts.size() >= FAILURES_OF_ALL) {
                receipts.add(new Receipt.Refused(whole));
                continue;
            }
            try {
                receipts.addAll(store(List.of(task)));
                anyStored = true;
            } catch (StorageException alone) {
                receipts.add(new Receipt.Refused(alone));
            }
        }
        return receipts;
    }

    /** Stores one task; blocks until the broker has answered. */
    public Receipt enqueue(Envelope task) {
        checkOpen();
        Receipt receipt = brokerGathers ? store(List.of(task)).getFirst() : batcher.submit(task);
        if (notices != null) {
            Tally tally = new Tally();
            tally.count(receipt);
            notices.tell(tally.notice(call, task.type(), task.queue()));
        }
        return receipt;
    }

    /** Stores many tasks, an answer for each in order. */
    public List<Receipt> enqueueAll(List<Envelope> tasks) {
        checkOpen();
        if (tasks.size() <= MAX_BATCH) {
            return tasks.isEmpty() ? List.of() : storeAndTell(tasks);
        }
        List<Receipt> receipts = new ArrayList<>(tasks.size());
        for (int from = 0; from < tasks.size(); from += MAX_BATCH) {
            receipts.addAll(storeAndTell(tasks.subList(from, Math.min(tasks.size(), from + MAX_BATCH))));
        }
        return receipts;
    }

    private List<Receipt> store(List<Envelope> tasks) {
        return notices == null ? broker.apply(tasks) : notices.call(call, tasks.size(), () -> broker.apply(tasks));
    }

    private List<Receipt> storeAndTell(List<Envelope> tasks) {
        List<Receipt> receipts = store(tasks);
        if (notices != null) {
            Tally.notices(call, tasks, receipts).forEach(notices::tell);
        }
        return receipts;
    }

    private void checkOpen() {
        if (closed) {
            throw new BrokerClosedException("This Errand is closed; nothing was stored");
        }
    }

    /** Refuses what comes from now on. */
    public void close() {
        closed = true;
    }
}
