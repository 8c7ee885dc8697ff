package dev.errand.sql;

import dev.errand.BrokerClosedException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All reading beside the writer: a few platform threads, each with a connection of its own that may not write. Callers wait;
 * so a long listing never pins the carrier of a virtual thread, and no more memory is used than these connections need. A
 * thread starts when there is work and no idle one.
 */
final class Readers implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Readers.class);
    private static final int MAX = 3;

    /** What is read. */
    interface Read<T> {
        T run(Session session) throws SQLException, IOException;
    }

    private static final class Job<T> {
        private final Read<T> read;
        private final CompletableFuture<T> answer = new CompletableFuture<>();

        Job(Read<T> read) {
            this.read = read;
        }

        void run(Session session) {
            try {
                answer.complete(read.run(session));
            } catch (Throwable t) {
                session.forget();
                answer.completeExceptionally(t);
            }
        }
    }

    private final DatabaseFile file;
    private final Dialect dialect;
    private final LinkedBlockingQueue<Job<?>> jobs = new LinkedBlockingQueue<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Thread> threads = new ArrayList<>();
    private int idle;
    private volatile boolean closed;
    private final Job<?> end = new Job<>(session -> "");

    Readers(DatabaseFile file, Dialect dialect) {
        this.file = file;
        this.dialect = dialect;
    }

    /** Reads on one of the threads, and waits for the answer. */
    <T> T read(Read<T> read) {
        try {
            return submit(read).join();
        } catch (CompletionException e) {
            throw Failures.of(e.getCause() == null ? e : e.getCause(), file.path());
        }
    }

    private <T> CompletableFuture<T> submit(Read<T> read) {
        Job<T> job = new Job<>(read);
        lock.lock();
        try {
            if (closed) {
                throw closed();
            }
            jobs.add(job);
            if (idle < jobs.size() && threads.size() < MAX) {
                threads.add(Thread.ofPlatform()
                        .daemon()
                        .name("errand-sqlite-reader-" + (threads.size() + 1))
                        .start(this::work));
            }
        } finally {
            lock.unlock();
        }
        return job.answer;
    }

    private BrokerClosedException closed() {
        return new BrokerClosedException("The SQLite broker on " + file.path() + " is closed; open it anew");
    }

    private void work() {
        Session session = null;
        try {
            for (Job<?> job = next(); job != end; job = next()) {
                try {
                    file.requireUnchanged();
                    if (session == null) {
                        session = dialect.reader(file.path());
                    }
                } catch (Throwable t) {
                    // An Error, too: the caller waits for an answer, and this thread is needed.
                    job.answer.completeExceptionally(t);
                    continue;
                }
                job.run(session);
            }
        } finally {
            closeQuietly(session);
        }
    }

    private Job<?> next() {
        count(1);
        try {
            while (true) {
                try {
                    return jobs.take();
                } catch (InterruptedException e) {
                    // Nobody interrupts this thread on purpose, and its work goes on.
                }
            }
        } finally {
            count(-1);
        }
    }

    private void count(int change) {
        lock.lock();
        try {
            idle += change;
        } finally {
            lock.unlock();
        }
    }

    private void closeQuietly(@Nullable Session session) {
        try {
            if (session != null) {
                session.close();
            }
        } catch (SQLException e) {
            log.warn("Closing a reader of the SQLite file {} failed; nothing is lost", file.path(), e);
        }
    }

    /** Ends the threads after what was asked for. Idempotent. */
    @Override
    public void close() {
        List<Thread> mine;
        lock.lock();
        try {
            mine = List.copyOf(threads);
            if (!closed) {
                closed = true;
                mine.forEach(thread -> jobs.add(end));
            }
        } finally {
            lock.unlock();
        }
        Threads.join(mine);
    }
}
