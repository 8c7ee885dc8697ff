package dev.errand.bench.soak;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Reads the journals of a folder as they grow, each line once. For one thread. */
final class JournalReader {
    static final String SUFFIX = ".journal";
    private static final int BLOCK = 1 << 20;

    private final Path folder;
    private final Map<Path, Long> read = new HashMap<>();

    /** Who is told. */
    interface Reader {
        void line(String process, Line line);
    }

    JournalReader(Path folder) {
        this.folder = folder;
    }

    /** Reads what has been added; a line that is not finished stays for the next time. */
    void readOn(Reader reader) throws IOException {
        List<Path> journals;
        try (Stream<Path> files = Files.list(folder)) {
            journals = files.filter(file -> file.toString().endsWith(SUFFIX)).toList();
        }
        for (Path journal : journals) {
            readOn(journal, reader);
        }
    }

    private void readOn(Path journal, Reader reader) throws IOException {
        String file = journal.getFileName().toString();
        String process = file.substring(0, file.length() - SUFFIX.length());
        try (FileChannel channel = FileChannel.open(journal, StandardOpenOption.READ)) {
            ByteBuffer block = ByteBuffer.allocate(BLOCK);
            long from = read.getOrDefault(journal, 0L);
            while (channel.read(block.clear(), from) > 0) {
                String text = new String(block.array(), 0, block.position(), StandardCharsets.ISO_8859_1);
                int whole = text.lastIndexOf('\n') + 1;
                if (whole == 0) {
                    break;
                }
                // Cut at a line's end, and so never within a character.
                String lines = new String(block.array(), 0, whole, StandardCharsets.UTF_8);
                lines.lines().forEach(line -> reader.line(process, Line.parse(line)));
                from += whole;
            }
            read.put(journal, from);
        }
    }
}
