package dev.errand.sql;

import java.io.IOException;
import java.nio.channels.Selector;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes other processes on the same file, and is woken by them: a thread with a Unix domain socket whose path is registered in
 * the database. A wake-up says only what kind of thing has changed; who gets it looks for itself. The thread starts with the
 * first worker, the first await, or the first process that wants to be woken; the writer never waits for it.
 *
 * <p>Wake-ups are sent at most once in a millisecond, the later ones together. Where no socket can be had the thread asks
 * SQLite every {@value #POLL_MILLIS} ms whether the file has changed, as long as somebody waits; and now and then in any case,
 * in case a wake-up was lost.
 */
final class Switchboard implements AutoCloseable {
    static final int READY = 1;
    static final int ENDED = 2;
    static final int CANCEL = 4;
    static final int DUE = 8;
    static final int SCHEDULES = 16;
    static final int ALL = READY | ENDED | CANCEL | DUE | SCHEDULES;

    static final int POLL_MILLIS = 25;
    private static final int SAFETY_MILLIS = 500;
    private static final int SPACING_MILLIS = 1;
    private static final Logger log = LoggerFactory.getLogger(Switchboard.class);

    private final SqlBroker broker;
    private final DatabaseFile file;
    private final Dialect dialect;
    private final Listeners listeners;
    private final String process;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicInteger outgoing = new AtomicInteger();
    private volatile List<Listeners.Listener> others = List.of();
    private volatile long slot;
    private volatile int wanted;
    private volatile boolean closed;
    private volatile @Nullable Selector selector;
    private @Nullable WakeSocket socket;

    /** Guards the thread's start alone: the writer may start it while another thread, under the first lock, waits for it. */
    private final ReentrantLock starting = new ReentrantLock();

    private @Nullable Thread thread;

    Switchboard(SqlBroker broker, SharedFiles shared, Dialect dialect, String process) {
        this.broker = broker;
        this.file = shared.file();
        this.dialect = dialect;
        this.process = process;
        this.listeners = new Listeners(shared.lives());
    }

    /** From now on this process wants to hear of these changes, until it closes. */
    void want(int bits) {
        if ((wanted & bits) == bits) {
            return;
        }
        lock.lock();
        try {
            int now = wanted | bits;
            if (now == wanted || closed) {
                return;
            }
            start();
            WakeSocket mine = socket;
            if (mine == null && slot == 0) {
                mine = listen();
            }
            if (mine != null) {
                register(mine, now);
            }
            wanted = now;
        } finally {
            lock.unlock();
        }
    }

    private void register(WakeSocket mine, int wants) {
        String address = mine.address().toString();
        if (slot == 0) {
            slot = broker.writer().call(1, tx -> listeners.join(tx, broker.lockFile(), address, wants));
        } else {
            broker.writer().call(1, tx -> {
                listeners.put(tx, slot, broker.lockFile(), address, wants);
                return true;
            });
        }
    }

    private @Nullable WakeSocket listen() {
        Selector mine = selector;
        if (mine == null) {
            return null;
        }
        try {
            socket = WakeSocket.open(file, process, mine);
            mine.wakeup();
            return socket;
        } catch (IOException | UnsupportedOperationException e) {
            log.info(
                    "No wake-up socket can be had beside {} or in the temporary directory, so other processes' tasks are"
                            + " noticed up to {} ms later ({})",
                    file.path(),
                    POLL_MILLIS,
                    e.toString());
            return null;
        }
    }

    private void start() {
        starting.lock();
        try {
            if (thread != null || closed) {
                return;
            }
            Selector opened = Selector.open();
            selector = opened;
            thread = Thread.ofPlatform()
                    .daemon()
                    .name("errand-sqlite-switchboard")
                    .start(() -> work(opened));
        } catch (IOException e) {
            throw Failures.of(e, file.path());
        } finally {
            starting.unlock();
        }
    }

    /** Within each write transaction: who else is there. */
    void beforeCommit(Transaction tx) throws SQLException {
        if (bits(tx.changes()) != 0) {
            List<Listeners.Listener> all = Listeners.all(tx.session());
            all.removeIf(listener -> listener.slot() == slot);
            others = all;
        }
    }

    private static int bits(Changes changes) {
        return (changes.readyQueues().isEmpty() ? 0 : READY)
                | (changes.ended().isEmpty() ? 0 : ENDED)
                | (changes.cancels().isEmpty() ? 0 : CANCEL)
                | (changes.isDue() ? DUE : 0)
                | (changes.isSchedules() ? SCHEDULES : 0);
    }

    /** After each commit, on the writer thread: passes it on to who wants to hear it. */
    void tell(Changes changes) {
        int bits = bits(changes);
        int heard = 0;
        for (Listeners.Listener other : others) {
            heard |= other.wants() & bits;
        }
        if (heard == 0) {
            return;
        }
        int before = outgoing.getAndUpdate(old -> old | bits);
        if ((before | bits) != before) {
            if (selector == null) {
                start();
            }
            Selector mine = selector;
            if (mine != null) {
                mine.wakeup();
            }
        }
    }

    private void work(Selector mine) {
        WakeCalls calls = new WakeCalls();
        Watch watch = new Watch();
        boolean troubled = false;
        try {
            while (!closed) {
                try {
                    turn(mine, calls, watch);
                    troubled = false;
                } catch (IOException | RuntimeException e) {
                    if (!closed) {
                        if (!troubled) {
                            log.warn("Waking or being woken by other processes on {} failed; goes on", file.path(), e);
                        }
                        troubled = true;
                        // Not a select: what failed may still be pending, and would end it at once.
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(SAFETY_MILLIS));
                    }
                }
            }
        } finally {
            calls.close();
            watch.close();
        }
    }

    private void turn(Selector mine, WakeCalls calls, Watch watch) throws IOException {
        mine.select(pause(watch));
        int incoming = WakeSocket.receive(mine);
        if (incoming != 0) {
            deliver(incoming);
        }
        if (watch.isTime() && watch.hasChanged()) {
            deliver(ALL);
        }
        int bits = outgoing.getAndSet(0);
        if (bits != 0 && !closed) {
            List<Listeners.Listener> dead = calls.send(others, bits);
            if (!dead.isEmpty()) {
                broker.writer().submit(new Call<>(1, tx -> {
                    listeners.clear(tx);
                    return true;
                }));
            }
            mine.select(SPACING_MILLIS);
        }
    }

    private long pause(Watch watch) {
        if (outgoing.get() != 0) {
            return SPACING_MILLIS;
        }
        return wanted == 0 ? 0 : watch.interval();
    }

    private boolean someoneWaits() {
        return !broker.takers().isEmpty()
                || !broker.awaiters().isEmpty()
                || !broker.intakes().isEmpty();
    }

    private void deliver(int bits) {
        if ((bits & READY) != 0) {
            broker.takers().ringAll();
        }
        if ((bits & ENDED) != 0) {
            broker.awaiters().check(broker.readers());
        }
        for (SqlIntake intake : broker.intakes()) {
            if ((bits & DUE) != 0) {
                intake.signals().dueChanged();
            }
            if ((bits & SCHEDULES) != 0) {
                intake.signals().schedulesChanged();
            }
            if ((bits & CANCEL) != 0) {
                intake.checkCancels();
            }
        }
    }

    /** Leaves, ends the thread and takes the socket away. Idempotent. */
    @Override
    public void close() {
        Thread ending;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            leave();
        } finally {
            lock.unlock();
        }
        starting.lock();
        try {
            closed = true;
            ending = thread;
        } finally {
            starting.unlock();
        }
        Selector mine = selector;
        if (mine != null && ending != null) {
            mine.wakeup();
            Threads.join(List.of(ending));
            closeQuietly(mine);
        }
    }

    private void leave() {
        if (slot == 0) {
            return;
        }
        try {
            broker.writer().call(1, tx -> {
                listeners.leave(tx, slot);
                return true;
            });
        } catch (RuntimeException e) {
            listeners.abandon(slot);
            log.warn("Leaving the listeners of {} failed; another process clears the entry away", file.path(), e);
        }
    }

    private void closeQuietly(Selector mine) {
        try {
            if (socket != null) {
                socket.close();
            }
            mine.close();
        } catch (IOException e) {
            log.warn("Closing the wake-up socket of {} failed", file.path(), e);
        }
    }

    /** Whether the file was changed by another process, asked of SQLite now and then. The switchboard thread's alone. */
    private final class Watch implements AutoCloseable {
        private @Nullable Session session;
        private long version = -1;
        private long next = System.nanoTime();

        long interval() {
            return slot == 0 && someoneWaits() ? POLL_MILLIS : SAFETY_MILLIS;
        }

        boolean isTime() {
            long now = System.nanoTime();
            if (wanted == 0 || !someoneWaits() || now - next < 0) {
                return false;
            }
            next = now + interval() * 1_000_000;
            return true;
        }

        boolean hasChanged() {
            try {
                if (session == null) {
                    session = dialect.reader(file.path());
                }
                try (ResultSet row = session.prepare("PRAGMA data_version").executeQuery()) {
                    long found = row.next() ? row.getLong(1) : 0;
                    boolean changed = found != version;
                    version = found;
                    return changed;
                }
            } catch (SQLException e) {
                throw Failures.of(e, file.path());
            }
        }

        @Override
        public void close() {
            try {
                if (session != null) {
                    session.close();
                }
            } catch (SQLException e) {
                log.warn("Closing a reader of the SQLite file {} failed; nothing is lost", file.path(), e);
            }
        }
    }
}
