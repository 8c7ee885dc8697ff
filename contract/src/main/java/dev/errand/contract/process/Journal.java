package dev.errand.contract.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The journals of all processes of a test, as they are at the moment. */
public final class Journal {
    static final String SUFFIX = ".journal";

    private final Path directory;

    Journal(Path directory) {
        this.directory = directory;
    }

    /** Every line of every process, in the order of their times. A line that is not finished is left out. */
    public List<JournalEntry> all() {
        List<JournalEntry> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.filter(f -> f.toString().endsWith(SUFFIX)).forEach(f -> all.addAll(read(f)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        all.sort(Comparator.comparing(JournalEntry::at));
        return all;
    }

    /** The lines with this event. */
    public List<JournalEntry> all(JournalEntry.Event event) {
        return all().stream().filter(e -> e.event() == event).toList();
    }

    /** The lines about one task. */
    public List<JournalEntry> of(String task) {
        return all().stream().filter(e -> e.task().equals(task)).toList();
    }

    /** How many lines have this event. */
    public int count(JournalEntry.Event event) {
        return all(event).size();
    }

    /** How many different tasks have a line with this event. */
    public int tasks(JournalEntry.Event event) {
        return (int) all(event).stream().map(JournalEntry::task).distinct().count();
    }

    private static List<JournalEntry> read(Path file) {
        try {
            String text = Files.readString(file, StandardCharsets.UTF_8);
            int whole = text.lastIndexOf('\n') + 1;
            return text.substring(0, whole).lines().map(JournalEntry::parse).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
