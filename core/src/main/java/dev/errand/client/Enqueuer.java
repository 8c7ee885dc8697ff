package dev.errand.client;

import dev.errand.BrokerClosedException;
import dev.errand.StorageException;
import dev.errand.broker.Broker;
import dev.errand.broker.Envelope;
import dev.errand.broker.Receipt;
import java.util.ArrayList;
import java.util.List;

/** Hands envelopes to the broker: single ones in natural batches, lists as they come. Thread-safe. */
public final class Enqueuer {
    /** Large enough to amortise a sync to disk, small enough to keep a batch within a few milliseconds. */
    private static final int MAX_BATCH = 1_000;

    /** After so many failures without a success nothing more is tried: it is the storage, not a task. */
    private static final int FAILURES_OF_ALL = 3;

    private final Broker broker;
    private final Batcher<Envelope, Receipt> batcher;
    private volatile boolean closed;

    /** Onto one broker. */
    public Enqueuer(Broker broker) {
        this.broker = broker;
        this.batcher = new Batcher<>(MAX_BATCH, this::flush);
    }

    /**
     * One caller's task that the storage chokes on must not fail its batch, which others are in: after such a failure each is
     * tried alone, which the same ids make safe, until the storage proves to refuse everything.
     */
    private List<Receipt> flush(List<Envelope> batch) {
        try {
            return broker.enqueue(batch);
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
                receipts.addAll(broker.enqueue(List.of(task)));
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
        return batcher.submit(task);
    }

    /** Stores many tasks, an answer for each in order. */
    public List<Receipt> enqueueAll(List<Envelope> tasks) {
        checkOpen();
        if (tasks.size() <= MAX_BATCH) {
            return tasks.isEmpty() ? List.of() : broker.enqueue(tasks);
        }
        List<Receipt> receipts = new ArrayList<>(tasks.size());
        for (int from = 0; from < tasks.size(); from += MAX_BATCH) {
            receipts.addAll(broker.enqueue(tasks.subList(from, Math.min(tasks.size(), from + MAX_BATCH))));
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
