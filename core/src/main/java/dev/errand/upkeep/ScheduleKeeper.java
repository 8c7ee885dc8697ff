package dev.errand.upkeep;

import dev.errand.BrokerClosedException;
import dev.errand.BrokerUnavailableException;
import dev.errand.ErrandException;
import dev.errand.Notice;
import dev.errand.StorageException;
import dev.errand.TaskId;
import dev.errand.broker.Receipt;
import dev.errand.broker.ScheduleStore;
import dev.errand.broker.ScheduleStore.Result;
import dev.errand.broker.ScheduleStore.Run;
import dev.errand.broker.ScheduleStore.Stored;
import dev.errand.client.Occurrence;
import dev.errand.schedule.Definition;
import dev.errand.time.Time;
import dev.errand.worker.Loop;
import dev.errand.worker.Outage;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fires schedules at their time, on a thread of its own that sleeps until the next one is due. Every worker has one; whoever
 * stores a decision first has fired, and the others find that nothing is left to do. A schedule that cannot be read is said
 * once and passed over.
 */
public final class ScheduleKeeper {
    private static final Logger log = LoggerFactory.getLogger(ScheduleKeeper.class);
    private static final Duration SAFETY_NET = Duration.ofSeconds(30);
    private static final Duration WAITING = Duration.ofSeconds(1);
    private static final int SLICE = 1_000;

    private enum Turn {
        /** Something is to be stored; afterwards look again. */
        CHANGES,
        /** It waits for its last task. */
        WAITS,
        /** It cannot be read. */
        DEFECT
    }

    private final ScheduleStore store;
    private final Predicate<TaskId> open;
    private final Time time;
    private final Consumer<Notice.Fired> listener;
    private final Loop loop;
    /** Which version of which schedule was said to be defective. The loop's thread alone. */
    private final Map<String, Long> defects = new HashMap<>();

    /**
     * Not started yet.
     *
     * @param open whether a task has not ended
     * @param listener hears of each due time that was handled; quick, and does not throw
     */
    public ScheduleKeeper(
            ScheduleStore store, Predicate<TaskId> open, Time time, Outage outage, Consumer<Notice.Fired> listener) {
        this.store = store;
        this.open = open;
        this.time = time;
        this.listener = listener;
        this.loop = Loop.byTheClock("schedules", time, outage, this::fire);
    }

    /** The thread. */
    public Loop loop() {
        return loop;
    }

    /** Starts the thread. */
    public void start() {
        loop.start();
    }

    /** A schedule may be due earlier than was known. */
    public void changed() {
        loop.wake();
    }

    /** Stops the thread and waits for it, at most about five seconds. */
    public void stop() {
        loop.stop();
        loop.join(Duration.ofSeconds(5));
    }

    private Duration fire() {
        Instant began = time.now();
        Instant now = began.truncatedTo(ChronoUnit.MILLIS);
        int slice = SLICE + defects.size(); // the defective ones never leave it
        List<Stored> due = store.due(now, slice);
        Set<Turn> turns = new HashSet<>();
        ErrandException failure = null;
        FiringBatch batch = new FiringBatch(store, this::tell);
        for (Stored stored : due) {
            try {
                turns.add(turn(stored, now, batch));
                if (batch.isFull()) {
                    batch.store();
                }
            } catch (ErrandException e) {
                failure = e; // of the broker; the others are tried all the same
            }
        }
        batch.store();
        if (!defects.isEmpty()) {
            defects.keySet().retainAll(due.stream().map(Stored::name).toList());
        }
        if (failure != null) {
            throw failure;
        }
        boolean full = due.size() == slice && defects.size() > slice - SLICE;
        if (full || turns.contains(Turn.CHANGES)) {
            return Duration.ZERO;
        }
        Duration most = turns.contains(Turn.WAITS) ? WAITING : SAFETY_NET;
        Duration left =
                store.nextDue(now).map(next -> Duration.between(began, next)).orElse(most);
        return left.compareTo(most) > 0 ? most : left;
    }

    private Turn turn(Stored stored, Instant now, FiringBatch batch) {
        Definition definition;
        Firing.Decision decision;
        try {
            definition = Definition.parse(stored.definition());
            decision = Firing.decide(stored, definition, now, open);
        } catch (BrokerUnavailableException | BrokerClosedException | StorageException e) {
            throw e;
        } catch (RuntimeException e) {
            defective(stored, e);
            return Turn.DEFECT;
        }
        if (decision.isNothing(stored)) {
            return Turn.WAITS;
        }
        batch.add(new FiringBatch.Item(definition, decision, stored.version()));
        return Turn.CHANGES;
    }

    /** Says it once for each version. */
    private void defective(Stored stored, RuntimeException why) {
        Long said = defects.put(stored.name(), stored.version());
        if (said == null || said != stored.version()) {
            log.error(
                    "The schedule {} does not fire, because its definition cannot be used: {}; put it anew or delete it",
                    stored.name(),
                    why instanceof ErrandException ? why.getMessage() : why.toString());
        }
    }

    private void tell(FiringBatch.Item item, List<Receipt> receipts) {
        Definition definition = item.definition();
        Firing.Decision decision = item.decision();
        String name = decision.next().name();
        int task = 0;
        for (Run run : decision.runs()) {
            boolean enqueued = run.result() == Result.ENQUEUED && receipts.get(task++) instanceof Receipt.Stored;
            Duration late = Duration.between(new Occurrence(name, run.due()).fires(definition.jitter()), run.fired());
            switch (run.result()) {
                case SKIPPED_OVERLAP ->
                    log.info(
                            "The schedule {} leaves out {}: its last task {} has not ended",
                            name,
                            run.due(),
                            decision.next().lastTask());
                case SKIPPED_MISSED ->
                    log.warn("The schedule {} leaves out {}: no worker was running", name, run.due());
                default -> log.debug("The schedule {} has fired for {}: task {}", name, run.due(), run.task());
            }
            listener.accept(new Notice.Fired(name, run.due(), late, enqueued));
        }
    }
}
