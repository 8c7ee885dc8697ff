package dev.errand.upkeep;

import dev.errand.ErrandException;
import dev.errand.broker.Receipt;
import dev.errand.broker.ScheduleStore;
import dev.errand.broker.ScheduleStore.Advance;
import dev.errand.broker.ScheduleStore.Advanced;
import dev.errand.schedule.Definition;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The decisions about several schedules, stored with one call. One thread's. */
final class FiringBatch {
    private static final int MOST_ITEMS = 1_000;
    private static final int MOST_TASKS = 1_000;
    /** Of payload; the tasks of one schedule alone may be more. */
    private static final long MOST_BYTES = 8L << 20;

    /** The decision about one schedule, and the version that it was made from. */
    record Item(Definition definition, Firing.Decision decision, long version) {
        private Advance step() {
            return new Advance(decision.next(), version, decision.tasks(), decision.runs());
        }

        private long bytes() {
            return (long) decision.tasks().size() * decision.next().payload().size();
        }
    }

    private final ScheduleStore store;
    private final BiConsumer<Item, List<Receipt>> stored;
    private final List<Item> items = new ArrayList<>();
    private int tasks;
    private long bytes;

    /** With {@code stored} to hear of each item that this batch, and nobody else before, has stored. */
    FiringBatch(ScheduleStore store, BiConsumer<Item, List<Receipt>> stored) {
        this.store = store;
        this.stored = stored;
    }

    void add(Item item) {
        items.add(item);
        tasks += item.decision().tasks().size();
        bytes += item.bytes();
    }

    boolean isFull() {
        return items.size() >= MOST_ITEMS || tasks >= MOST_TASKS || bytes >= MOST_BYTES;
    }

    /** Stores what was added, and is empty then; throws the last failure once all are dealt with. */
    void store() {
        if (items.isEmpty()) {
            return;
        }
        List<Item> all = List.copyOf(items);
        items.clear();
        tasks = 0;
        bytes = 0;
        List<Advanced> answers = store.advance(all.stream().map(Item::step).toList());
        ErrandException failure = null;
        for (int i = 0; i < all.size(); i++) {
            failure = answered(all.get(i), answers.get(i), failure);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private @Nullable ErrandException answered(Item item, Advanced answer, @Nullable ErrandException failure) {
        return switch (answer) {
            case Advanced.Done done -> {
                stored.accept(item, done.receipts());
                yield failure;
            }
            case Advanced.Superseded superseded -> failure;
            case Advanced.Failed failed -> failed.why();
        };
    }
}
