package dev.errand.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.Retry;
import dev.errand.local.LocalTasks;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class OpenTelemetryContextTest {
    private static final ContextKey<String> TRACE = ContextKey.named("trace");

    @Test
    void theSubmittersContextIsTheJobsInEveryAttemptAndNoOneElses() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        try (LocalTasks tasks = LocalTasks.named("audit")
                .permits(1)
                .carrying(new OpenTelemetryContext())
                .build()) {
            try (var scope = Context.current().with(TRACE, "of the request").makeCurrent()) {
                assertThat(scope).isNotNull();
                tasks.run("traced", () -> seen.add("first " + Context.current().get(TRACE)))
                        .result();
                tasks.run(
                                "retried",
                                o -> o.retry(Retry.fixed(Duration.ofMillis(1)).maxAttempts(2)),
                                () -> {
                                    seen.add("attempt " + Context.current().get(TRACE));
                                    if (seen.size() < 3) {
                                        throw new IllegalStateException("once more");
                                    }
                                })
                        .result();
            }
            tasks.run("bare", () -> seen.add("later " + Context.current().get(TRACE)))
                    .result();
        }
        assertThat(seen)
                .containsExactly(
                        "first of the request", "attempt of the request", "attempt of the request", "later null");
    }
}
