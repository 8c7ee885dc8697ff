package dev.errand.bench.soak;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A process's own journal. A line is with the operating system when {@link #write} returns, so it outlives the process's
 * SIGKILL; it need not outlive the machine. Thread-safe.
 */
final class JournalWriter implements AutoCloseable {
    /** Not a channel: handlers are interrupted, and an interrupt would close it for all. */
    private final OutputStream file;

    private final ReentrantLock lock = new ReentrantLock();

    JournalWriter(Path path) throws IOException {
        file = new FileOutputStream(path.toFile(), true);
    }

    void write(Line line) {
        byte[] bytes = (line.text() + "\n").getBytes(StandardCharsets.UTF_8);
        lock.lock();
        try {
            file.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("The journal cannot be written", e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
