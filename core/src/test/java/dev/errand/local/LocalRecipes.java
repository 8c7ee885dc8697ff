package dev.errand.local;

import dev.errand.Errand;
import dev.errand.Retry;
import dev.errand.TaskSink;
import dev.errand.TaskType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;

/** The code of docs/local.md. */
final class LocalRecipes {
    static final TaskType<String> WELCOME = TaskType.of("welcome", String.class)
            .retry(Retry.exponential(Duration.ofSeconds(1)).maxAttempts(5));

    private LocalRecipes() {}

    // 1: log writing
    static LocalTasks auditLog() {
        return LocalTasks.named("audit")
                .permits(1)
                .waitingRoom(10_000)
                .whenFull(WhenFull.dropOldest())
                .build();
    }

    static void audit(LocalTasks audit, Writer file, String line) {
        audit.run("line", () -> {
            file.write(line + "\n");
            file.flush();
        });
    }

    // 2: cache refresh
    static Repetition refresh(LocalTasks local, Map<String, String> cache, Callable<Map<String, String>> load) {
        return local.every(Duration.ofMinutes(5), Overlap.SKIP, "refresh prices", () -> cache.putAll(load.call()));
    }

    // 3: fan-out with a deadline
    static List<String> ask(LocalTasks local, List<Callable<String>> three) throws InterruptedException {
        try (LocalGroup<String> group = local.group()) {
            for (Callable<String> call : three) {
                group.fork("ask", call);
            }
            return group.join(Duration.ofSeconds(2));
        }
    }

    // 4: bounded parallel map over a large file
    static long sum(Path file, ToLongFunction<String> costly) throws IOException {
        LongAdder sum = new LongAdder();
        try (LocalTasks lines = LocalTasks.named("lines")
                        .permits(16)
                        .waitingRoom(1_000)
                        .whenFull(WhenFull.waitAtMost(Duration.ofMinutes(1)))
                        .build();
                BufferedReader reader = Files.newBufferedReader(file)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                String one = line;
                lines.run("line", () -> sum.add(costly.applyAsLong(one)));
            }
        }
        return sum.sum();
    }

    // 5: retry and timeout
    static LocalHandle<String> fetch(LocalTasks local, Callable<String> get) {
        return local.submit(
                "fetch",
                o -> o.timeout(Duration.ofSeconds(3))
                        .retry(Retry.exponential(Duration.ofMillis(200)).maxAttempts(4)),
                get);
    }

    // 6: order per customer
    static void apply(LocalTasks local, String customer, LocalAction change) {
        local.runInOrder(customer, "apply change", change);
    }

    // 7: debounce
    static Debounce<Path> saver(LocalTasks local) {
        return local.debounce("save", Duration.ofSeconds(2), Duration.ofSeconds(30));
    }

    // 8: a rate limit for somebody else's API
    static LocalTasks partner() {
        return LocalTasks.named("partner")
                .permits(4)
                .rate(10, Duration.ofSeconds(1))
                .retry(Retry.exponential(Duration.ofSeconds(1)).maxAttempts(3))
                .build();
    }

    // 9: heavy and light work
    static LocalHandle<byte[]> thumbnail(LocalTasks images, int megapixels, Callable<byte[]> scale) {
        return images.submit("thumbnail", o -> o.weight(Math.clamp(megapixels, 1, 8)), scale);
    }

    // 10: here while there is room, by the broker otherwise
    static LocalTasks mails(Errand errand, List<String> sent) {
        return LocalTasks.named("mails")
                .permits(8)
                .waitingRoom(100)
                .handle(WELCOME, (address, task) -> sent.add(address))
                .onLeftover(leftover -> leftover.enqueue(errand))
                .build();
    }

    static void welcome(LocalTasks mails, Errand errand, String address) {
        TaskSink sink = mails.orDurable(errand);
        sink.enqueue(WELCOME, address);
    }
}
