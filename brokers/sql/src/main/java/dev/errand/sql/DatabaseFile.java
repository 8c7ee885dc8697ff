package dev.errand.sql;

import dev.errand.StorageException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The database's file: checked before it is opened, made for its owner alone if it is missing, and watched while it is open,
 * so that nothing is ever acknowledged into a file that has been deleted or replaced underneath.
 *
 * <p>Never opens an existing database itself: closing any descriptor of a file frees all POSIX locks that this process has
 * on it, SQLite's included.
 */
final class DatabaseFile {
    private static final Set<String> NETWORK = Set.of(
            "nfs",
            "nfs4",
            "cifs",
            "smb",
            "smbfs",
            "smb2",
            "smb3",
            "fuse.sshfs",
            "9p",
            "afs",
            "ceph",
            "fuse.ceph",
            "glusterfs",
            "fuse.glusterfs",
            "lustre",
            "webdav",
            "fuse.s3fs",
            "fuse.rclone",
            "fuse.gcsfuse",
            "afpfs");

    private final Path path;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Open open;
    private int users;

    /** The identities of the open files. */
    private record Open(@Nullable Object database, @Nullable Object log) {}

    private DatabaseFile(Path path) {
        this.path = path;
    }

    /** Checks the path and makes the file if it is missing; the caller holds {@link SharedFiles}' lock for it. */
    static DatabaseFile prepare(SqliteOptions options) {
        Path given = options.file().toAbsolutePath().normalize();
        if (Files.isDirectory(given)) {
            throw new StorageException("The SQLite file " + given + " is a directory; name a file in it, such as "
                    + given.resolve("errand.db"));
        }
        Path parent = given.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new StorageException("The directory " + parent + " of the SQLite file " + given.getFileName()
                    + " does not exist; make it first, or correct the URL");
        }
        try {
            refuseNetwork(parent, options);
            create(given);
            Path real = given.toRealPath();
            if (!Files.isRegularFile(real)) {
                throw new StorageException("The SQLite file " + real + " is not a regular file; name another");
            }
            if (!Files.isReadable(real) || !Files.isWritable(real)) {
                throw new StorageException("The SQLite file " + real
                        + " cannot be read and written by this user; change its owner or permissions, or the user");
            }
            if (!Files.isWritable(Objects.requireNonNull(real.getParent()))) {
                throw new StorageException(
                        "The directory of the SQLite file " + real
                                + " cannot be written by this user, and SQLite keeps its log there; change its permissions, or the user");
            }
            return new DatabaseFile(real);
        } catch (IOException e) {
            throw Failures.of(e, given);
        }
    }

    private static void refuseNetwork(Path directory, SqliteOptions options) throws IOException {
        String type = Files.getFileStore(directory).type().toLowerCase(Locale.ROOT);
        if (isNetwork(type) && !options.networkAllowed()) {
            throw new StorageException("The SQLite file " + options.file() + " is on a network file system (" + type
                    + "), where locks and syncs may not hold and tasks may be lost; use a local disk or another broker, or say "
                    + "allow-network-filesystem=true if one process alone uses it and you accept that");
        }
    }

    static boolean isNetwork(String fileStoreType) {
        return NETWORK.contains(fileStoreType);
    }

    private static void create(Path file) throws IOException {
        try {
            Files.createFile(file, ownerOnly());
        } catch (FileAlreadyExistsException e) {
            // There already: its permissions are its owner's business.
        }
    }

    /** Read and write for the owner, nothing for anybody else; empty where the system has no such permissions. */
    static FileAttribute<?>[] ownerOnly() {
        if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            return new FileAttribute<?>[0];
        }
        return new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(
                    Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE))
        };
    }

    /** The real path. */
    Path path() {
        return path;
    }

    /** A file beside it. */
    Path beside(String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }

    /** What tells this file from another that is put in its place; null where the system cannot. */
    @Nullable
    Object identity() {
        return key(path);
    }

    /** A broker has opened the database. The first one remembers which files are open. */
    void opened() {
        lock.lock();
        try {
            if (users > 0) {
                requireUnchanged();
            } else {
                open = new Open(key(path), key(beside("-wal")));
            }
            users++;
        } finally {
            lock.unlock();
        }
    }

    /** A broker is about to close its connections; with the last one SQLite takes its log away. */
    void closing() {
        lock.lock();
        try {
            if (--users == 0) {
                open = null;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Throws {@link StorageException} if the open files are not those at the path any more. Costs two stat calls. */
    void requireUnchanged() {
        Open then = open;
        if (then != null && !then.equals(new Open(key(path), key(beside("-wal"))))) {
            throw new StorageException("The SQLite file " + path
                    + " or its -wal was deleted or replaced while it was open; put it back, or restart this service to begin "
                    + "with what is there now");
        }
    }

    private static @Nullable Object key(Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw Failures.of(e, file);
        }
    }
}
