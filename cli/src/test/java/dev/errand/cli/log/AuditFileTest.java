package dev.errand.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditFileTest {
    @TempDir
    Path folder;

    @Test
    void twoFirstCommandsAtOnceBothLeaveTheirLine() throws Exception {
        CyclicBarrier both = new CyclicBarrier(2);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            for (int round = 0; round < 200; round++) {
                Path file = folder.resolve("audit-" + round + ".log");
                Future<?> one = threads.submit(() -> append(both, file, "one\n"));
                Future<?> two = threads.submit(() -> append(both, file, "two\n"));
                one.get();
                two.get();
                assertThat(file).content().hasLineCount(2).contains("one\n", "two\n");
            }
        }
    }

    private static Void append(CyclicBarrier both, Path file, String line) throws Exception {
        both.await();
        AuditFile.append(file, line);
        return null;
    }

    /** The file is there and seems not to be, as for a command that looked before another one made it. */
    @Test
    void aFileThatIsThereAfterAllIsWrittenTo() throws Exception {
        Path target = folder.resolve("elsewhere.log");
        Path link = Files.createSymbolicLink(folder.resolve("audit.log"), target);
        AuditFile.append(link, "line\n");
        assertThat(target).content().isEqualTo("line\n");
    }
}
