package dev.errand.cli.log;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where it is kept who did what: the file named by {@code ERRAND_AUDIT}, by default {@code errand/audit.log} in the user's
 * state directory ({@code XDG_STATE_HOME}, or {@code ~/.local/state}). One line an action, appended in one write, so that
 * several commands may write at once. Where it cannot be written, the line goes to standard error: the action is done then, and
 * must not be lost without a trace.
 */
final class AuditFile {
    private AuditFile() {}

    static void append(String message) {
        String line = Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + message + "\n";
        append(
                file(System.getenv("ERRAND_AUDIT"), System.getenv("XDG_STATE_HOME"), System.getProperty("user.home")),
                line);
    }

    static void append(Path file, String line) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            if (!Files.exists(file)
                    && file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                create(file);
            }
            Files.writeString(file, line, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            System.err.print("errand: cannot write " + file + " (" + e
                    + "); set ERRAND_AUDIT to a file that can be written: " + line);
        }
    }

    private static void create(Path file) throws IOException {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            // Another command was first.
        }
    }

    static Path file(@Nullable String named, @Nullable String state, String home) {
        if (named != null && !named.isBlank()) {
            return Path.of(named);
        }
        Path folder = state == null || state.isBlank() ? Path.of(home, ".local", "state") : Path.of(state);
        return folder.resolve("errand").resolve("audit.log");
    }
}
