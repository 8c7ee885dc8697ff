package dev.errand.sql;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The side files of one database, shared by all brokers on it in this JVM.
 *
 * <p>This is the one piece of static state of the module, and it must be: a POSIX lock belongs to the process, and closing
 * <em>any</em> descriptor of the locked file frees it. Two brokers that each opened the side files for themselves would free
 * each other's locks on close, and would not exclude each other in between. So each side file is opened once in the JVM,
 * counted, and closed with its last user. (A second copy of this class, in another class loader, would break that: share the
 * broker's jar between the applications of one JVM that use the same file.)
 */
final class SharedFiles {
    private static final ReentrantLock REGISTRY = new ReentrantLock();
    private static final Map<Key, SharedFiles> OPEN = new HashMap<>();

    /** One file: what is put in its place later is another. */
    private record Key(Path path, @Nullable Object identity) {}

    private final Key key;
    private final DatabaseFile file;
    private final WriterGate gate;
    private final LifeLocks lives;
    private int users;

    private SharedFiles(Key key, DatabaseFile file) throws IOException {
        this.key = key;
        this.file = file;
        FileChannel forGate = open(file.beside("-writer"));
        try {
            this.lives = new LifeLocks(open(file.beside("-alive")));
        } catch (IOException | RuntimeException e) {
            forGate.close();
            throw e;
        }
        this.gate = new WriterGate(file.path(), forGate);
    }

    /** Prepares the file and joins its users in this JVM; each join needs one {@link #leave}. */
    static SharedFiles join(SqliteOptions options) {
        REGISTRY.lock();
        try {
            DatabaseFile file = DatabaseFile.prepare(options);
            Key key = new Key(file.path(), file.identity());
            SharedFiles shared = OPEN.get(key);
            if (shared == null) {
                shared = new SharedFiles(key, file);
                OPEN.put(key, shared);
            }
            shared.users++;
            return shared;
        } catch (IOException e) {
            throw Failures.of(e, options.file().toAbsolutePath());
        } finally {
            REGISTRY.unlock();
        }
    }

    /** Leaves; the last one closes the files. */
    void leave() {
        REGISTRY.lock();
        try {
            if (--users == 0) {
                OPEN.remove(key);
                gate.close();
                lives.close();
            }
        } finally {
            REGISTRY.unlock();
        }
    }

    private static FileChannel open(Path side) throws IOException {
        return FileChannel.open(
                side,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                DatabaseFile.ownerOnly());
    }

    DatabaseFile file() {
        return file;
    }

    WriterGate gate() {
        return gate;
    }

    LifeLocks lives() {
        return lives;
    }

    /** How many databases are open in this JVM. */
    static int openCount() {
        REGISTRY.lock();
        try {
            return OPEN.size();
        } finally {
            REGISTRY.unlock();
        }
    }
}
