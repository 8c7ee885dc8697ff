package dev.errand.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.Page;
import dev.errand.broker.Payload;
import dev.errand.memory.MemoryBroker;
import dev.errand.time.ManualTime;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ListOptionsTest {
    private static final int COLLECTIONS = 200;

    private final ManualTime time = new ManualTime(Rig.START);

    @Test
    void ofTheTasksThatWereReadOnlyTheirCellsAreKept() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ListOptions options = new ListOptions();
        options.all = true;
        List<WeakReference<TaskInfo>> read = new ArrayList<>();
        try (Rig rig = new Rig(time, new MemoryBroker(time, new Random(1)))) {
            World world = new World(
                    new ByteArrayInputStream(new byte[0]),
                    new PrintStream(out, true, StandardCharsets.UTF_8),
                    new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                    Map.of(),
                    Terminal.NONE,
                    time,
                    ZoneOffset.UTC,
                    new Random(1),
                    "ann@desk",
                    (url, mayCreate) -> {
                        throw new AssertionError("it is open");
                    });
            Session session = new Session(rig.broker, world, new Output(new Root(world)), "tasks");
            options.print(session, (cursor, limit) -> page(rig, read), "none");
        }
        assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(4);
    }

    /** One task a page, three pages; the task of the page before must be gone. */
    private static Page<TaskInfo> page(Rig rig, List<WeakReference<TaskInfo>> read) {
        for (int i = 0; i < COLLECTIONS && !read.isEmpty() && read.getLast().get() != null; i++) {
            System.gc();
        }
        read.forEach(before -> assertThat(before.get()).isNull());
        TaskInfo task = task(rig, "task-" + read.size());
        read.add(new WeakReference<>(task));
        return new Page<>(List.of(task), read.size() < 3 ? Optional.of("next") : Optional.empty());
    }

    private static TaskInfo task(Rig rig, String id) {
        return new TaskInfo(
                rig.envelope(id, "t", "q", new Payload(new byte[1_000], "text/plain", 1)),
                TaskState.PENDING,
                null,
                rig.time.now(),
                null,
                null,
                null,
                null,
                null,
                false,
                null);
    }
}
