package dev.errand.sql;

import dev.errand.BrokerClosedException;
import dev.errand.ErrandException;
import dev.errand.broker.BrokerContext;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All writing: one platform thread with group commit. Whoever calls while a commit is under way joins the next one, so a
 * sync is paid once for everybody who waits, and nobody waits for a timer.
 *
 * <p>A call that fails is found by halving: the batch is rolled back and its halves are run again, so that it fails alone.
 * When the disk is full, or another process holds the {@link WriterGate} for too long, each call gets that as its exception
 * and the thread goes on.
 *
 * <p>Only this thread (and the readers') touches the side files' channels: an interrupt would close them, and nobody
 * interrupts these threads.
 */
final class Writer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Writer.class);

    /** What a batch may weigh: enough for the speed, not so much that others wait long. */
    private static final int MAX_WEIGHT = 1_024;

    private static final Duration LAST_TRY = Duration.ofMillis(100);

    /** Told what was committed, on the writer thread, after the callers have their answers. Must be quick and not throw. */
    interface Audience {
        /** Calls that wait for these queues, taken out of waiting: they join the transaction that filled the queues. */
        List<Call<?>> claim(Changes changes);

        /** Within the transaction, before the commit. */
        void beforeCommit(Transaction transaction) throws SQLException;

        void committed(Changes changes);
    }

    private final SharedFiles shared;
    private final Dialect dialect;
    private final Duration patience;
    private final BrokerContext context;
    private final Audience audience;
    private final ConcurrentLinkedQueue<Call<?>> queue = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private final CountDownLatch opened = new CountDownLatch(1);
    private volatile @Nullable ErrandException openFailure;
    private volatile boolean idle;
    private volatile boolean closing;

    private Writer(SharedFiles shared, Dialect dialect, Duration patience, BrokerContext context, Audience audience) {
        this.shared = shared;
        this.dialect = dialect;
        this.patience = patience;
        this.context = context;
        this.audience = audience;
        this.thread = Thread.ofPlatform()
                .daemon()
                .name("errand-sqlite-writer-" + shared.file().path().getFileName())
                .unstarted(this::work);
    }

    /** Opens the database, migrated, and starts the thread; throws what stands in the way. */
    static Writer open(
            SharedFiles shared, Dialect dialect, Duration patience, BrokerContext context, Audience audience) {
        Writer writer = new Writer(shared, dialect, patience, context, audience);
        writer.thread.start();
        Threads.await(writer.opened);
        ErrandException failure = writer.openFailure;
        if (failure != null) {
            writer.close();
            throw Failures.again(failure);
        }
        return writer;
    }

    /** Submits and waits. */
    <T> T call(int weight, Call.Work<T> work) {
        Call<T> call = new Call<>(weight, work);
        submit(call);
        return call.await();
    }

    /** Submits only; the caller waits later. */
    void submit(Call<?> call) {
        if (closing) {
            throw closed();
        }
        queue.add(call);
        if (closing && queue.remove(call)) {
            throw closed();
        }
        if (idle) {
            LockSupport.unpark(thread);
        }
    }

    private BrokerClosedException closed() {
        return new BrokerClosedException("The SQLite broker on " + shared.file().path() + " is closed; open it anew");
    }

    private void work() {
        Session session = null;
        try {
            session = open();
            opened.countDown();
            for (List<Call<?>> batch = nextBatch(); batch != null; batch = nextBatch()) {
                process(session, batch);
            }
        } catch (Throwable t) {
            if (session == null) {
                openFailure = Failures.of(t, shared.file().path());
            } else {
                log.error(
                        "The SQLite writer of {} failed; the broker is closed",
                        shared.file().path(),
                        t);
            }
        } finally {
            closing = true;
            opened.countDown();
            for (Call<?> call = queue.poll(); call != null; call = queue.poll()) {
                call.fail(closed());
            }
            if (session != null) {
                shared.file().closing();
                closeQuietly(session);
            }
        }
    }

    private Session open() throws SQLException, IOException {
        shared.gate().enter(patience);
        try {
            Session session = dialect.writer(shared.file().path());
            try {
                Schema.prepare(session, shared.file().path(), context.time().now());
                shared.lives().identify(context.random());
                // The log is made by the first read at the latest; from now on both files must stay what they are.
                session.executeOnce("SELECT count(*) FROM counter");
                shared.file().opened();
                return session;
            } catch (SQLException | IOException | RuntimeException e) {
                session.close();
                throw e;
            }
        } finally {
            shared.gate().leave();
        }
    }

    private void closeQuietly(Session session) {
        try {
            session.close();
        } catch (SQLException e) {
            log.warn(
                    "Closing the SQLite file {} failed; nothing is lost",
                    shared.file().path(),
                    e);
        }
    }

    private @Nullable List<Call<?>> nextBatch() {
        Call<?> call;
        while ((call = queue.poll()) == null) {
            if (closing) {
                return null;
            }
            idle = true;
            if (queue.isEmpty() && !closing) {
                LockSupport.park(this);
            }
            idle = false;
        }
        List<Call<?>> batch = new ArrayList<>();
        int weight = 0;
        while (call != null) {
            batch.add(call);
            weight += call.weight();
            call = weight < MAX_WEIGHT ? queue.poll() : null;
        }
        return batch;
    }

    /** Runs a batch and answers every call of it, whatever happens. */
    private void process(Session session, List<Call<?>> batch) {
        List<Call<?>> committed = new ArrayList<>();
        Changes changes = new Changes();
        try {
            long deadline = batch.getFirst().submittedNanos() + patience.toNanos();
            Duration left = Duration.ofNanos(Math.max(LAST_TRY.toNanos(), deadline - System.nanoTime()));
            shared.gate().enter(left);
            try {
                shared.file().requireUnchanged();
                attempt(session, batch, deadline, committed, changes);
            } finally {
                shared.gate().leave();
            }
        } catch (Throwable t) {
            ErrandException failure = Failures.of(t, shared.file().path());
            batch.stream()
                    .filter(call -> !call.isDone() && !committed.contains(call))
                    .forEach(call -> call.fail(failure));
        }
        committed.forEach(Call::succeed);
        if (!committed.isEmpty()) {
            announce(changes);
        }
    }

    private void announce(Changes changes) {
        try {
            changes.afterCommit().forEach(Runnable::run);
            audience.committed(changes);
        } catch (Throwable t) {
            // An Error, too: without this thread nothing is written any more.
            log.error("Telling what was committed failed; others notice a little later by themselves", t);
        }
    }

    private void attempt(
            Session session, List<Call<?>> batch, long deadline, List<Call<?>> committed, Changes changes) {
        List<Call<?>> all = new ArrayList<>(batch);
        try {
            begin(session, deadline);
            Transaction transaction =
                    new Transaction(session, Millis.of(context.time().now()), context.random());
            for (Call<?> call : batch) {
                call.run(transaction);
            }
            List<Call<?>> joined = audience.claim(transaction.changes());
            all.addAll(joined);
            for (Call<?> call : joined) {
                call.run(transaction);
            }
            audience.beforeCommit(transaction);
            transaction.finish();
            session.execute("COMMIT");
            committed.addAll(all);
            changes.add(transaction.changes());
        } catch (Throwable e) {
            session.rollback(e);
            if (all.size() == 1 || Failures.isEverybodys(e)) {
                ErrandException failure = Failures.of(e, shared.file().path());
                all.forEach(call -> call.fail(failure));
                return;
            }
            int half = all.size() / 2;
            attempt(session, all.subList(0, half), deadline, committed, changes);
            attempt(session, all.subList(half, all.size()), deadline, committed, changes);
        }
    }

    /** Our own writers are held off by the gate; only other programs can be in the way here. */
    private void begin(Session session, long deadline) throws SQLException {
        while (true) {
            try {
                session.execute(dialect.beginWrite());
                return;
            } catch (SQLException e) {
                if (!Failures.isBusy(e) || System.nanoTime() > deadline) {
                    throw e;
                }
            }
        }
    }

    /** Finishes what was submitted, and ends the thread. Idempotent. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        Threads.join(List.of(thread));
    }
}
