package dev.errand.sql;

import dev.errand.BrokerUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one writer at a time into the database: among the brokers of this JVM by a lock, among processes by a lock on a byte
 * of a side file. Waiting there is blocking and so is woken at once, unlike SQLite's busy timer, which sleeps and retries.
 *
 * <p>The wait is bounded. Java cannot abandon a blocking file lock, so a thread of the gate's own does the blocking, started
 * when another process is first in the way; a writer whose patience ends leaves it waiting there, and it hands the lock to the
 * next writer that asks, or gives it back.
 *
 * <p>Processes that wait mark a second byte, and whoever finds the mark pauses for a moment before it takes the lock again:
 * without that, a busy process would shut the others out.
 *
 * <p>The holder writes its process id into the file, for the message of those that give up.
 */
final class WriterGate {
    private static final Logger log = LoggerFactory.getLogger(WriterGate.class);

    private static final long GATE = 0;
    private static final long MARK = 1;
    private static final int HOLDER_AT = 64;
    private static final int HOLDER_LENGTH = 96;
    private static final long COURTESY_NANOS = TimeUnit.MICROSECONDS.toNanos(150);
    private static final int COURTESIES_IN_VAIN = 8;
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Path database;
    private final FileChannel channel;
    private final ByteBuffer holder;
    /** First for all that use the gate in this JVM; fair, so that brokers take turns. */
    private final ReentrantLock inJvm = new ReentrantLock(true);

    private @Nullable FileLock held;
    private int inVain;

    /** Guards what follows: the talk with the blocking thread. */
    private final ReentrantLock talk = new ReentrantLock();

    private final Condition changed = talk.newCondition();
    private @Nullable Thread blocker;
    private boolean blocking;
    private boolean wanted;
    private boolean closed;
    private @Nullable FileLock arrived;
    private @Nullable IOException broken;

    WriterGate(Path database, FileChannel channel) {
        this.database = database;
        this.channel = channel;
        byte[] text = new byte[HOLDER_LENGTH];
        java.util.Arrays.fill(text, (byte) ' ');
        byte[] name = ("process " + ProcessHandle.current().pid() + onHost()).getBytes(StandardCharsets.UTF_8);
        System.arraycopy(name, 0, text, 0, Math.min(name.length, HOLDER_LENGTH));
        this.holder = ByteBuffer.wrap(text);
    }

    private static String onHost() {
        try {
            return " on "
                    + Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return "";
        }
    }

    /**
     * Enters, waiting at most {@code patience}.
     *
     * @throws BrokerUnavailableException if another process has not left by then
     */
    void enter(Duration patience) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        if (!lockInJvm(patience)) {
            throw giveUp(patience);
        }
        boolean entered = false;
        try {
            FileLock lock = atOnce();
            if (lock == null) {
                lock = blockingly(deadline);
            }
            if (lock == null) {
                throw giveUp(patience);
            }
            held = lock;
            entered = true;
            sign();
        } finally {
            if (!entered) {
                inJvm.unlock();
            }
        }
    }

    /** Only for the message that others give when they wait in vain: a full disk must not keep anybody from entering. */
    private void sign() {
        try {
            channel.write(holder.duplicate(), HOLDER_AT);
        } catch (ClosedChannelException e) {
            // closed meanwhile: the next step says so
        } catch (IOException e) {
            log.debug("The holder's name could not be written beside {}", database, e);
        }
    }

    /** Leaves. Called by the thread that entered. */
    void leave() throws IOException {
        FileLock mine = held;
        held = null;
        try {
            if (mine != null) {
                mine.release();
            }
        } finally {
            inJvm.unlock();
        }
    }

    private boolean lockInJvm(Duration patience) {
        boolean interrupted = false;
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            while (true) {
                try {
                    return inJvm.tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private @Nullable FileLock atOnce() throws IOException {
        talk.lock();
        try {
            if (blocking) {
                return null; // the lock is on its way already
            }
        } finally {
            talk.unlock();
        }
        boolean courteous = inVain <= COURTESIES_IN_VAIN && othersWait();
        if (courteous) {
            LockSupport.parkNanos(COURTESY_NANOS);
        }
        FileLock lock = tryLock(GATE, false);
        // A stopped process may leave its mark for long: after some pauses that nobody used, pause no more for a while.
        inVain = lock == null ? 0 : courteous ? inVain + 1 : inVain > COURTESIES_IN_VAIN ? (inVain + 1) % 256 : inVain;
        return lock;
    }

    private boolean othersWait() throws IOException {
        FileLock mark = tryLock(MARK, false);
        if (mark == null) {
            return true;
        }
        mark.release();
        return false;
    }

    private @Nullable FileLock tryLock(long position, boolean shared) throws IOException {
        try {
            return channel.tryLock(position, 1, shared);
        } catch (OverlappingFileLockException e) {
            return null; // a second copy of this class in this JVM
        }
    }

    private @Nullable FileLock blockingly(long deadline) throws IOException {
        boolean interrupted = false;
        talk.lock();
        try {
            wanted = true;
            if (blocker == null) {
                blocker =
                        Thread.ofPlatform().daemon().name("errand-sqlite-gate").start(this::block);
            }
            changed.signalAll();
            while (arrived == null && broken == null) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return null;
                }
                try {
                    left = changed.awaitNanos(left);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (broken != null) {
                IOException why = broken;
                broken = null;
                throw why;
            }
            FileLock lock = arrived;
            arrived = null;
            return lock;
        } finally {
            wanted = false;
            talk.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The blocking thread: whenever a lock is wanted, waits for it and hands it over. */
    private void block() {
        while (waitUntilWanted()) {
            FileLock lock = null;
            IOException failure = null;
            try {
                lock = waitForLock();
            } catch (ClosedChannelException e) {
                return; // closed: the locks are gone with the channel
            } catch (IOException e) {
                failure = e;
            } catch (RuntimeException e) {
                failure = new IOException("waiting for the gate failed", e);
            }
            handOver(lock, failure);
        }
    }

    private boolean waitUntilWanted() {
        talk.lock();
        try {
            while (!closed && (!wanted || arrived != null || broken != null)) {
                changed.awaitUninterruptibly();
            }
            blocking = !closed;
            return blocking;
        } finally {
            talk.unlock();
        }
    }

    private void handOver(@Nullable FileLock lock, @Nullable IOException failure) {
        talk.lock();
        try {
            blocking = false;
            if (wanted) {
                arrived = lock;
                broken = failure;
                changed.signalAll();
            } else if (lock != null) {
                lock.release();
            }
        } catch (IOException e) {
            // The lock goes with the channel at the latest; this thread is still needed.
            log.warn("A lock on the side file of {} that nobody wanted could not be released", database, e);
        } finally {
            talk.unlock();
        }
    }

    private boolean isWanted() {
        talk.lock();
        try {
            return wanted && !closed;
        } finally {
            talk.unlock();
        }
    }

    private FileLock waitForLock() throws IOException {
        FileLock mark = tryLock(MARK, true);
        try {
            while (true) {
                try {
                    return channel.lock(GATE, 1, false);
                } catch (OverlappingFileLockException e) {
                    LockSupport.parkNanos(POLL_NANOS); // a second copy of this class in this JVM
                } catch (ClosedChannelException e) {
                    throw e;
                } catch (IOException e) {
                    // Processes that share two files look like a deadlock to the kernel, which sees processes and not
                    // threads, so it refuses to wait: ask again and again instead, for as long as anybody wants the
                    // lock.
                    FileLock lock = tryLock(GATE, false);
                    if (lock != null) {
                        return lock;
                    }
                    if (!isWanted()) {
                        throw e;
                    }
                    LockSupport.parkNanos(POLL_NANOS);
                }
            }
        } finally {
            release(mark);
        }
    }

    private void release(@Nullable FileLock mark) {
        try {
            if (mark != null && channel.isOpen()) {
                mark.release();
            }
        } catch (IOException e) {
            log.debug("The mark of a waiting writer of {} could not be released", database, e);
        }
    }

    private BrokerUnavailableException giveUp(Duration patience) {
        return new BrokerUnavailableException(
                "The SQLite file " + database + " has been in the middle of another write (" + readHolder() + ") for "
                        + patience.toMillis() + " ms; let that process go on, or end it, and try again");
    }

    private String readHolder() {
        try {
            ByteBuffer bytes = ByteBuffer.allocate(HOLDER_LENGTH);
            int read = channel.read(bytes, HOLDER_AT);
            String name = read <= 0 ? "" : new String(bytes.array(), 0, read, StandardCharsets.UTF_8).strip();
            return name.isEmpty() ? "holder unknown" : "by " + name;
        } catch (IOException e) {
            return "holder unknown";
        }
    }

    /** Ends the blocking thread and frees the lock; called when nobody uses the gate any more. */
    void close() {
        Thread thread;
        talk.lock();
        try {
            closed = true;
            thread = blocker;
            changed.signalAll();
        } finally {
            talk.unlock();
        }
        try {
            channel.close(); // wakes the thread out of its blocking lock
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (thread != null) {
            Threads.join(java.util.List.of(thread));
        }
    }
}
