package dev.errand.sql;

import dev.errand.broker.Broker;
import dev.errand.broker.BrokerContext;
import dev.errand.broker.Capability;
import dev.errand.broker.DeadLetters;
import dev.errand.broker.Durability;
import dev.errand.broker.Envelope;
import dev.errand.broker.Intake;
import dev.errand.broker.Profile;
import dev.errand.broker.QueueControl;
import dev.errand.broker.QueueStats;
import dev.errand.broker.Receipt;
import dev.errand.broker.ScheduleStore;
import dev.errand.broker.Signals;
import dev.errand.broker.Subscriptions;
import dev.errand.broker.TaskRecords;
import dev.errand.broker.TaskStore;
import dev.errand.broker.Upkeep;
import dev.errand.broker.WorkerRegistry;
import dev.errand.broker.WorkerSpec;
import dev.errand.time.Time;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The broker on an SQL database: puts the parts together and takes them apart.
 *
 * <p>Writes go through the one {@link Writer}, reads through the {@link Readers}; what a commit changed is told to the
 * {@link Takers} and {@link Awaiters} of this process at once, and to other processes by the {@link Switchboard}.
 */
final class SqlBroker implements Broker, Writer.Audience {
    private static final int ROWS_PER_CALL = 256;
    private static final Duration GRANULARITY = Duration.ofMillis(10);

    private final SharedFiles shared;
    private final BrokerContext context;
    private final Profile profile;
    private final Readers readers;
    private final Listing listing;
    private final Taking taking;
    private final Queues queues = new Queues();
    private final Rewriting rewriting = new Rewriting(queues);
    private final Enqueueing enqueueing = new Enqueueing(queues, new Debouncing(rewriting));
    private final Takers takers = new Takers();
    private final Awaiters awaiters;
    private final Workers workers;
    private final Set<SqlIntake> intakes = ConcurrentHashMap.newKeySet();
    private final Switchboard switchboard;
    private final Map<Class<?>, Object> extensions;
    private final String lockFile;
    private final Writer writer;
    private boolean closed;

    static Broker open(SqliteOptions options, BrokerContext context) {
        SharedFiles shared = SharedFiles.join(options);
        try {
            return new SqlBroker(shared, options, context);
        } catch (RuntimeException | Error e) {
            shared.leave();
            throw e;
        }
    }

    private SqlBroker(SharedFiles shared, SqliteOptions options, BrokerContext context) {
        Dialect dialect = new SqliteDialect(options);
        this.shared = shared;
        this.context = context;
        this.profile = new Profile(
                dialect.name(),
                EnumSet.complementOf(EnumSet.of(Capability.EVENT_HISTORY)),
                options.syncEachCommit() ? Durability.OS_CRASH : Durability.PROCESS_CRASH,
                GRANULARITY,
                Profile.DueClock.CLIENT,
                Optional.empty());
        this.readers = new Readers(shared.file(), dialect);
        this.listing = new Listing(dialect);
        this.taking = new Taking(dialect);
        this.awaiters = new Awaiters(dialect);
        String process = "%016x".formatted(context.random().nextLong());
        this.workers = new Workers(shared.lives(), queues, process);
        this.switchboard = new Switchboard(this, shared, dialect, process);
        this.writer = Writer.open(shared, dialect, options.lockWait(), context, this);
        this.extensions = Map.of(
                TaskStore.class, new SqlTaskStore(this),
                DeadLetters.class, new SqlDeadLetters(this),
                QueueStats.class, new SqlQueueStats(readers, listing),
                Upkeep.class, new SqlUpkeep(this, new Recovering(shared.lives())),
                ScheduleStore.class, new SqlSchedules(this, enqueueing),
                QueueControl.class, new SqlQueueControl(writer, readers),
                Subscriptions.class, new SqlSubscriptions(this, enqueueing, listing),
                TaskRecords.class, new SqlRecords(this),
                WorkerRegistry.class, (WorkerRegistry) () -> readers.read(workers::alive));
        this.lockFile = shared.lives().identity();
    }

    @Override
    public Profile profile() {
        return profile;
    }

    @Override
    public List<Receipt> enqueue(List<Envelope> tasks) {
        return inParts(tasks, ROWS_PER_CALL, enqueueing::enqueue);
    }

    /** Work on a part of a list. */
    interface PartWork<T, R> {
        List<R> run(Transaction tx, List<T> part) throws SQLException;
    }

    /** Submits a list in parts of at most {@code size}, all at once, and waits for all the answers. */
    <T, R> List<R> inParts(List<T> items, int size, PartWork<T, R> work) {
        if (items.isEmpty()) {
            return List.of();
        }
        if (items.size() <= size) {
            return writer.call(items.size(), tx -> work.run(tx, items));
        }
        List<Call<List<R>>> calls = new ArrayList<>();
        for (int from = 0; from < items.size(); from += size) {
            List<T> part = items.subList(from, Math.min(items.size(), from + size));
            Call<List<R>> call = new Call<>(part.size(), tx -> work.run(tx, part));
            writer.submit(call);
            calls.add(call);
        }
        List<R> answers = new ArrayList<>(items.size());
        calls.forEach(call -> answers.addAll(call.await()));
        return answers;
    }

    /** The writer does: another gathering before it would cost a change of threads more for each commit. */
    @Override
    public boolean gathersEnqueues() {
        return true;
    }

    @Override
    public Intake open(WorkerSpec spec, Signals signals) {
        switchboard.want(Switchboard.READY | Switchboard.CANCEL | Switchboard.DUE | Switchboard.SCHEDULES);
        long slot = writer.call(1, tx -> workers.join(tx, spec, lockFile));
        SqlIntake intake = new SqlIntake(this, spec, signals, slot);
        intakes.add(intake);
        return intake;
    }

    void forget(SqlIntake intake) {
        intakes.remove(intake);
    }

    @Override
    public <T> Optional<T> extension(Class<T> port) {
        return Optional.ofNullable(extensions.get(port)).map(port::cast);
    }

    @Override
    public List<Call<?>> claim(Changes changes) {
        return takers.claim(changes.readyQueues());
    }

    @Override
    public void beforeCommit(Transaction transaction) throws SQLException {
        switchboard.beforeCommit(transaction);
    }

    @Override
    public void committed(Changes changes) {
        takers.ring(changes.readyQueues());
        awaiters.ended(changes.ended());
        for (SqlIntake intake : intakes) {
            for (Changes.Held cancel : changes.cancels()) {
                if (cancel.worker() == intake.slot()) {
                    intake.signals().cancel(cancel.task());
                }
            }
            for (Changes.Lost loss : changes.losses()) {
                if (loss.worker() == intake.slot()) {
                    intake.signals().lost(loss.lease());
                }
            }
            if (changes.isDue()) {
                intake.signals().dueChanged();
            }
            if (changes.isSchedules()) {
                intake.signals().schedulesChanged();
            }
        }
        switchboard.tell(changes);
    }

    Writer writer() {
        return writer;
    }

    Readers readers() {
        return readers;
    }

    Listing listing() {
        return listing;
    }

    Taking taking() {
        return taking;
    }

    Rewriting rewriting() {
        return rewriting;
    }

    Takers takers() {
        return takers;
    }

    Awaiters awaiters() {
        return awaiters;
    }

    Workers workers() {
        return workers;
    }

    Switchboard switchboard() {
        return switchboard;
    }

    Set<SqlIntake> intakes() {
        return intakes;
    }

    String lockFile() {
        return lockFile;
    }

    Time time() {
        return context.time();
    }

    @Override
    public void close() {
        synchronized (extensions) {
            if (closed) {
                return;
            }
            closed = true;
        }
        List.copyOf(intakes).forEach(SqlIntake::close);
        switchboard.close();
        writer.close();
        readers.close();
        awaiters.ringAll();
        takers.ringAll();
        shared.leave();
    }
}
