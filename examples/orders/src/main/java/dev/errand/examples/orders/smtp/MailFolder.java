package dev.errand.examples.orders.smtp;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** Keeps mails as files, one for each arrival. What {@link #store} has answered survives a crash of the machine. Thread-safe. */
public final class MailFolder {
    private static final String SUFFIX = ".eml";

    private final Path folder;

    /** Makes the folder if it is missing. */
    public MailFolder(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder, ownersOnly(folder, "rwx------"));
    }

    StoredMail store(byte[] mail) throws IOException {
        String name = UUID.randomUUID().toString();
        Path unfinished = folder.resolve(name + ".tmp");
        try (FileChannel file = FileChannel.open(
                unfinished,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                ownersOnly(folder, "rw-------"))) {
            ByteBuffer bytes = ByteBuffer.wrap(mail);
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(true);
        }
        Files.move(unfinished, folder.resolve(name + SUFFIX), StandardCopyOption.ATOMIC_MOVE);
        syncNames();
        return StoredMail.read(new ByteArrayInputStream(mail));
    }

    /** Mails hold names and addresses; where the file system has permissions, only the owner may read them. */
    private static FileAttribute<?>[] ownersOnly(Path path, String permissions) {
        boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    private void syncNames() {
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        } catch (IOException e) {
            // Not every operating system can sync a folder; the file itself is safe.
        }
    }

    /** Every mail that has arrived, read from the files. */
    public List<StoredMail> list() throws IOException {
        List<StoredMail> mails = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files.filter(f -> f.toString().endsWith(SUFFIX))::iterator) {
                try (InputStream mail = Files.newInputStream(file)) {
                    mails.add(StoredMail.read(mail));
                }
            }
        }
        return mails;
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
