package dev.errand.bench.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A temporary folder, removed with everything in it when it is closed. */
public record Folder(Path path) implements AutoCloseable {
    /** Makes one in {@code parent}. */
    public static Folder make(Path parent) throws IOException {
        return new Folder(Files.createTempDirectory(parent, "errand-bench-"));
    }

    /** How many bytes its files have. */
    public long size() throws IOException {
        long size = 0;
        for (Path file : files()) {
            // A file may be gone by now: SQLite's own come and go.
            size += Files.exists(file) ? file.toFile().length() : 0;
        }
        return size;
    }

    @Override
    public void close() throws IOException {
        for (Path file : files().reversed()) {
            Files.deleteIfExists(file);
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(path)) {
            return all.sorted(Comparator.naturalOrder()).toList();
        }
    }
}
