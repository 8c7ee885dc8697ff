package dev.errand.explain;

import dev.errand.TaskInfo;
import dev.errand.broker.Broker;
import dev.errand.broker.DeadLetters;
import dev.errand.broker.Page;
import dev.errand.broker.TaskFilter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How many dead letters there are, why, and whether there are more of them lately. */
final class DeadLetterCheck {
    private static final int LOOK = 1_000;

    private final Broker broker;
    private final Instant now;

    DeadLetterCheck(Broker broker, Instant now) {
        this.broker = broker;
        this.now = now;
    }

    List<Finding> findings() {
        return broker.extension(DeadLetters.class).map(this::look).orElse(List.of());
    }

    private List<Finding> look(DeadLetters letters) {
        Page<TaskInfo> page = letters.list(TaskFilter.ALL, Optional.empty(), LOOK);
        List<TaskInfo> dead = page.items();
        if (dead.isEmpty()) {
            return List.of(Finding.ok("dead-letters", "There are no dead letters."));
        }
        long lastHour = since(dead, Duration.ofHours(1));
        long lastDay = since(dead, Duration.ofDays(1));
        Map<String, Long> causes = dead.stream()
                .collect(Collectors.groupingBy(
                        task -> task.cause() + " in the queue " + task.queue() + ", type " + task.type(),
                        TreeMap::new,
                        Collectors.counting()));
        List<String> details = causes.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(10)
                .map(cause -> cause.getValue() + " " + cause.getKey())
                .toList();
        String what = (page.next().isPresent() ? "More than " : "") + Span.count(dead.size(), "dead letter") + ", "
                + lastHour + " of them from the last hour, " + lastDay + " from the last day.";
        // A day's average hour is a 24th of it; twice that is a rise.
        boolean rising = lastHour >= 10 && lastHour * 12 > lastDay;
        if (rising) {
            return List.of(Finding.bad(
                            "dead-letters-rise",
                            what,
                            "Find the cause in the errors of the newest, repair it, then redrive them")
                    .with(details));
        }
        return List.of(
                lastDay > 0
                        ? Finding.warn("dead-letters", what, "Look at them; redrive or delete them")
                                .with(details)
                        : Finding.ok("dead-letters", what).with(details));
    }

    private long since(List<TaskInfo> dead, Duration span) {
        Instant from = now.minus(span);
        return dead.stream()
                .filter(task -> task.ended() != null && task.ended().isAfter(from))
                .count();
    }
}
