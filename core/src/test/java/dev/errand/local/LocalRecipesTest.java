package dev.errand.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.Errand;
import dev.errand.time.ManualTime;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the recipes of docs/local.md, and sees that the page shows this very code. */
@Timeout(60)
class LocalRecipesTest {
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    private final ManualTime time = new ManualTime(Instant.EPOCH);
    private final LocalTasks local = LocalTasks.named("recipes").time(time).build();

    @AfterEach
    void close() {
        local.stop(Duration.ZERO, Duration.ofSeconds(5));
    }

    @Test
    void writesALog() {
        StringWriter file = new StringWriter();
        try (LocalTasks audit = LocalRecipes.auditLog()) {
            for (int i = 0; i < 3; i++) {
                LocalRecipes.audit(audit, file, "line " + i);
            }
        }
        assertThat(file.toString().lines()).containsExactly("line 0", "line 1", "line 2");
    }

    @Test
    void refreshesACache() {
        Map<String, String> cache = new ConcurrentHashMap<>();
        LocalRecipes.refresh(local, cache, () -> Map.of("tea", "3.20"));
        time.advance(Duration.ofMinutes(5));
        Eventually.that("it is filled", () -> cache.containsKey("tea"));
    }

    @Test
    void asksThree() throws Exception {
        assertThat(LocalRecipes.ask(local, List.of(() -> "a", () -> "b", () -> "c")))
                .containsExactly("a", "b", "c");
    }

    @Test
    void mapsALargeFile(@TempDir Path dir) throws IOException {
        Path file = dir.resolve("large.txt");
        Files.write(file, IntStream.range(0, 20_000).mapToObj(Integer::toString).toList());
        assertThat(LocalRecipes.sum(file, Long::parseLong)).isEqualTo(199_990_000L);
    }

    @Test
    void fetchesAgain() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        LocalHandle<String> handle = LocalRecipes.fetch(local, () -> {
            if (calls.incrementAndGet() == 1) {
                throw new IOException("once");
            }
            return "fetched";
        });
        Eventually.that("it failed once", () -> local.stats().delayed() == 1 && time.pendingTimers() == 1);
        time.advance(Duration.ofSeconds(1));
        assertThat(handle.result()).isEqualTo("fetched");
    }

    @Test
    void appliesInOrder() {
        List<Integer> applied = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 100; i++) {
            int change = i;
            LocalRecipes.apply(local, "customer-1", () -> applied.add(change));
        }
        Eventually.that("all are applied", () -> applied.size() == 100);
        assertThat(applied).isSorted();
    }

    @Test
    void savesOnce() {
        AtomicInteger saved = new AtomicInteger();
        Debounce<Path> saver = LocalRecipes.saver(local);
        for (int i = 0; i < 10; i++) {
            saver.call(Path.of("draft"), saved::incrementAndGet);
            time.advance(Duration.ofSeconds(1));
        }
        time.advance(Duration.ofSeconds(2));
        Eventually.that("it is saved", () -> saved.get() == 1 && local.stats().running() == 0);
        time.advance(Duration.ofMinutes(1));
        assertThat(saved).hasValue(1);
    }

    @Test
    void callsAPartner() throws Exception {
        try (LocalTasks partner = LocalRecipes.partner()) {
            assertThat(partner.submit("call", () -> "answer").result()).isEqualTo("answer");
        }
    }

    @Test
    void scalesAnImage() throws Exception {
        assertThat(LocalRecipes.thumbnail(local, 40, () -> new byte[3]).result())
                .hasSize(3);
    }

    @Test
    void mailsHereOrByTheBroker() {
        List<String> sent = Collections.synchronizedList(new ArrayList<>());
        try (Errand errand = Errand.connect("memory:")) {
            LocalTasks mails = LocalRecipes.mails(errand, sent);
            LocalRecipes.welcome(mails, errand, "a@example.org");
            mails.close();
            LocalRecipes.welcome(mails, errand, "b@example.org");
            assertThat(sent).containsExactly("a@example.org");
            assertThat(errand.queues().depth("default")).isOne();
        }
    }

    @Test
    void thePageShowsThisCode() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("verify"))) {
            root = Objects.requireNonNull(root.getParent());
        }
        String code = squeezed(Files.readString(root.resolve("core/src/test/java/dev/errand/local/LocalRecipes.java")));
        List<String> snippets = JAVA.matcher(Files.readString(root.resolve("docs/local.md")))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toList());
        assertThat(snippets).hasSize(10).allSatisfy(snippet -> assertThat(code).contains(squeezed(snippet)));
    }

    private static String squeezed(String text) {
        return text.replaceAll("\\s+", "");
    }
}
