package dev.errand.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.DeadCause;
import dev.errand.EnqueueResult;
import dev.errand.Errand;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.Worker;
import dev.errand.contract.Await;
import dev.errand.examples.docs.StartGuide.BadAddress;
import dev.errand.examples.docs.StartGuide.MailServerBusy;
import dev.errand.examples.docs.StartGuide.OrderPlaced;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guide's code works, and the documents show it as it is. */
class StartGuideTest {
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void theGuideWorks(@TempDir Path dir) throws Exception {
        AtomicInteger busy = new AtomicInteger();
        try (Errand errand = StartGuide.connect("sqlite:" + dir.resolve("errand.db"));
                Worker worker = StartGuide.work(errand, (address, id) -> send(address, busy))) {
            TaskId good = StartGuide.enqueue(errand, new OrderPlaced("o-1", "customer-1@example.org"));
            assertThat(ended(errand, good).state()).isEqualTo(TaskState.COMPLETED);
            assertThat(StartGuide.enqueue(errand, new OrderPlaced("o-1", "customer-1@example.org")))
                    .isEqualTo(good);

            TaskId late = StartGuide.enqueue(errand, new OrderPlaced("o-2", "busy@example.org"));
            assertThat(ended(errand, late).attempts()).isEqualTo(1);

            TaskId none = StartGuide.enqueue(errand, new OrderPlaced("o-3", " "));
            assertThat(ended(errand, none).reason()).isEqualTo("the customer gave no address");

            TaskId bad = StartGuide.enqueue(errand, new OrderPlaced("o-4", "nobody@example.org"));
            assertThat(ended(errand, bad).cause()).isEqualTo(DeadCause.REFUSED);
            StartGuide.redrive(errand);
            assertThat(ended(errand, bad).lastError()).get().matches(error -> error.attempt() == 1);

            StartGuide.enqueueForLater(errand, new OrderPlaced("o-5", "customer-5@example.org"));
            assertThat(errand.tasks().find(TaskId.of("confirm-o-5")))
                    .get()
                    .matches(task -> task.state() == TaskState.SCHEDULED);

            assertThat(StartGuide.bill(errand, new OrderPlaced("o-6", "")).number())
                    .isEqualTo("r-o-6");
            assertThat(worker.health().stuck()).isZero();
        }
    }

    @Test
    void theSchedulesWork(@TempDir Path dir) {
        List<String> written = new CopyOnWriteArrayList<>();
        try (Errand errand = StartGuide.connect("sqlite:" + dir.resolve("errand.db"));
                Worker worker = ScheduleGuide.work(errand, (department, due) -> written.add(department))) {
            EnqueueResult task = ScheduleGuide.operate(errand).orElseThrow();
            Await.until("the report is written", () -> written.equals(List.of("sales")));
            assertThat(errand.schedules().runs("nightly-report", 10))
                    .extracting(run -> run.task())
                    .containsExactly(task.id());
            assertThat(worker.health().stuck()).isZero();
        }
    }

    @Test
    void theEventsWork(@TempDir Path dir) {
        List<String> reserved = new CopyOnWriteArrayList<>();
        Set<String> audited = ConcurrentHashMap.newKeySet();
        try (Errand errand = StartGuide.connect("sqlite:" + dir.resolve("errand.db"));
                Worker worker =
                        EventGuide.work(errand, (item, quantity, order) -> reserved.add(order + " " + item), audited)) {
            EventGuide.publish(errand, new EventGuide.OrderPlaced("o-1", "tea", 2));
            Await.until("it is reserved", () -> reserved.equals(List.of("o-1 tea")));
            Await.until("it is audited", () -> audited.equals(Set.of("order.placed o-1")));
            EventGuide.operate(errand);
            assertThat(errand.events().find("warehouse")).isEmpty();
            assertThat(worker.health().stuck()).isZero();
        }
    }

    private static void send(String address, AtomicInteger busy) throws IOException, BadAddress {
        if (address.startsWith("nobody")) {
            throw new BadAddress();
        }
        if (address.startsWith("busy") && busy.getAndIncrement() == 0) {
            throw new MailServerBusy();
        }
    }

    private static TaskInfo ended(Errand errand, TaskId id) throws InterruptedException {
        return errand.tasks().awaitEnd(id, Duration.ofSeconds(30)).orElseThrow();
    }

    @Test
    void theDocumentsShowThisCode() throws IOException {
        Path root = root();
        Path here = root.resolve("examples/orders/src/test/java/dev/errand/examples/docs");
        String code = squeezed(Files.readString(here.resolve("QuickStart.java")))
                + squeezed(Files.readString(here.resolve("StartGuide.java")))
                + squeezed(Files.readString(here.resolve("ScheduleGuide.java")))
                + squeezed(Files.readString(here.resolve("EventGuide.java")));
        for (String document :
                List.of("README.md", "README.zh-CN.md", "docs/start.md", "docs/schedules.md", "docs/events.md")) {
            List<String> snippets = snippets(Files.readString(root.resolve(document)));
            assertThat(snippets)
                    .as(document)
                    .isNotEmpty()
                    .allSatisfy(snippet -> assertThat(code).as(snippet).contains(squeezed(snippet)));
        }
    }

    private static List<String> snippets(String text) {
        Stream<MatchResult> found = JAVA.matcher(text).results();
        return found.map(match -> match.group(1)).toList();
    }

    private static String squeezed(String text) {
        return text.replaceAll("\\s+", "");
    }

    private static Path root() {
        Path dir = Path.of("").toAbsolutePath();
        while (!Files.exists(dir.resolve("verify"))) {
            dir = Objects.requireNonNull(dir.getParent());
        }
        return dir;
    }
}
