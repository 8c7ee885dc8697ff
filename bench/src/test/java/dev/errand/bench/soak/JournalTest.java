package dev.errand.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    @TempDir
    Path folder;

    private final List<String> seen = new ArrayList<>();

    @Test
    void eachLineIsReadOnceAndAnUnfinishedOneLater() throws Exception {
        Path file = folder.resolve("worker-1-1.journal");
        JournalReader reader = new JournalReader(folder);
        Line first = new Line(5, Line.Event.BEGIN, "t\u00e4sk", 3, -4, 1, "work 5");
        try (JournalWriter writer = new JournalWriter(file)) {
            writer.write(first);
        }
        String second = new Line(6, Line.Event.END, "t\u00e4sk", 3, -4, 1, "").text();
        Files.writeString(file, second.substring(0, 9), StandardOpenOption.APPEND);
        reader.readOn(this::see);
        assertThat(seen).containsExactly("worker-1-1 " + first);
        Files.writeString(file, second.substring(9) + "\n", StandardOpenOption.APPEND);
        reader.readOn(this::see);
        reader.readOn(this::see);
        assertThat(seen).containsExactly("worker-1-1 " + first, "worker-1-1 " + Line.parse(second));
    }

    @Test
    void journalsLongerThanABlockAreReadWhole() throws Exception {
        int lines = 60_000;
        try (JournalWriter writer = new JournalWriter(folder.resolve("a.journal"))) {
            for (int i = 0; i < lines; i++) {
                writer.write(new Line(i, Line.Event.STORED, "0192-task-" + i, 0, 0, 0, "work 5"));
            }
        }
        new JournalReader(folder).readOn(this::see);
        assertThat(seen).hasSize(lines).doesNotHaveDuplicates();
    }

    @Test
    void anInterruptDoesNotCloseTheJournal() throws Exception {
        try (JournalWriter writer = new JournalWriter(folder.resolve("a.journal"))) {
            Thread.currentThread().interrupt();
            writer.write(Line.about(Line.Event.READY, "-", ""));
            assertThat(Thread.interrupted()).isTrue();
            writer.write(Line.about(Line.Event.READY, "-", ""));
        }
        new JournalReader(folder).readOn(this::see);
        assertThat(seen).hasSize(2);
    }

    @Test
    void scriptsAreReadAsTheyAreWritten() {
        Script script = new Script(Script.Deed.FAIL_FIRST, 2, false);
        assertThat(Script.parse(script.toString())).isEqualTo(script);
        Script kept = new Script(Script.Deed.WORK, 12, true);
        assertThat(Script.parse(kept.toString())).isEqualTo(kept);
    }

    private void see(String process, Line line) {
        seen.add(process + " " + line);
    }
}
