package dev.errand.sql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Who is alive, as the operating system knows it: every worker and listener locks one byte of a side file, its slot. The
 * system frees the byte the moment the process is gone, however it went, so another process that gets it knows. Holds across
 * containers that share a volume, where process ids mean nothing.
 *
 * <p>The file carries a random identity. A slot recorded under another identity (the side file was deleted, or the database
 * copied without it) cannot be judged: {@link Life#UNKNOWN}, and its tasks wait for their leases.
 *
 * <p>Thread-safe.
 */
final class LifeLocks {
    /** What the lock says. */
    enum Life {
        ALIVE,
        DEAD,
        UNKNOWN
    }

    private static final int IDENTITY_LENGTH = 16;
    private static final long FIRST_SLOT = 4096;

    private final FileChannel channel;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, FileLock> held = new HashMap<>();
    private @Nullable String identity;

    LifeLocks(FileChannel channel) {
        this.channel = channel;
    }

    /** The file's identity, given to it now if it is new. The caller holds the {@link WriterGate}. */
    String identify(RandomGenerator random) throws IOException {
        lock.lock();
        try {
            if (identity == null) {
                identity = readIdentity();
                if (identity == null) {
                    identity = "%016x".formatted(random.nextLong());
                    channel.write(ByteBuffer.wrap(identity.getBytes(StandardCharsets.US_ASCII)), 0);
                }
            }
            return identity;
        } finally {
            lock.unlock();
        }
    }

    /** The file's identity, once {@link #identify} has been called. */
    String identity() {
        lock.lock();
        try {
            return Objects.requireNonNull(identity);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable String readIdentity() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(IDENTITY_LENGTH);
        int read = channel.read(bytes, 0);
        return read < IDENTITY_LENGTH ? null : new String(bytes.array(), StandardCharsets.US_ASCII);
    }

    /**
     * Takes a slot for as long as this process lives or until it is given back; false if it is taken. That happens when a
     * transaction that took it was rolled back: the next one tries the next slot.
     */
    boolean hold(long slot) throws IOException {
        lock.lock();
        try {
            FileLock taken = held.containsKey(slot) ? null : channel.tryLock(FIRST_SLOT + slot, 1, false);
            if (taken != null) {
                held.put(slot, taken);
            }
            return taken != null;
        } catch (OverlappingFileLockException e) {
            return false; // a second copy of this class in this JVM
        } finally {
            lock.unlock();
        }
    }

    /** Takes a slot that was never used before. */
    long holdNew(Transaction tx) throws SQLException {
        try {
            long slot = tx.newSlot();
            while (!hold(slot)) {
                slot = tx.newSlot();
            }
            return slot;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Takes a slot of this process anew. Its byte may be free though we hold it: when anybody in this process closes a file, the
     * system frees all locks of the process on it. False: it was given back, or somebody looks at it just now.
     */
    boolean retake(long slot) throws IOException {
        lock.lock();
        try {
            FileLock before = held.get(slot);
            if (before == null) {
                return false;
            }
            if (before.isValid()) {
                before.release();
            }
            FileLock taken = channel.tryLock(FIRST_SLOT + slot, 1, false);
            if (taken != null) {
                held.put(slot, taken);
            }
            return taken != null;
        } catch (OverlappingFileLockException e) {
            return false; // a second copy of this class in this JVM
        } finally {
            lock.unlock();
        }
    }

    /** Gives a slot back. Idempotent. */
    void release(long slot) {
        lock.lock();
        try {
            FileLock mine = held.remove(slot);
            if (mine != null && mine.isValid()) {
                mine.release();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
    }

    /** Whether the holder of a slot, recorded under an identity, lives. */
    Life check(String recordedIdentity, long slot) throws IOException {
        lock.lock();
        try {
            if (!recordedIdentity.equals(identity)) {
                return Life.UNKNOWN;
            }
            if (held.containsKey(slot)) {
                return Life.ALIVE;
            }
            // Shared, so that two who look at once do not take each other for the holder.
            FileLock free = channel.tryLock(FIRST_SLOT + slot, 1, true);
            if (free == null) {
                return Life.ALIVE;
            }
            free.release();
            return Life.DEAD;
        } catch (OverlappingFileLockException e) {
            return Life.ALIVE; // a second copy of this class in this JVM
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            channel.close(); // frees what is still held
            held.clear();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
    }
}
