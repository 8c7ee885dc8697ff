package dev.errand.contract.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/**
 * A process's own journal: each line is with the operating system when {@link #write} returns, so that it outlives the
 * process's SIGKILL. Thread-safe.
 */
final class JournalWriter {
    private final FileChannel file;
    private final long pid = ProcessHandle.current().pid();

    JournalWriter(Path directory) {
        try {
            file = FileChannel.open(
                    directory.resolve(pid + Journal.SUFFIX),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(JournalEntry.Event event, String task, String token, int attempt, int crashes, String note) {
        JournalEntry entry = new JournalEntry(Instant.now(), pid, event, task, token, attempt, crashes, note);
        ByteBuffer line = ByteBuffer.wrap((entry.toLine() + "\n").getBytes(StandardCharsets.UTF_8));
        synchronized (file) {
            try {
                while (line.hasRemaining()) {
                    file.write(line);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    void write(JournalEntry.Event event, String task, String note) {
        write(event, task, "-", 0, 0, note);
    }
}
