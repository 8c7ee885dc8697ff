package dev.errand.cli;

import dev.errand.TaskState;
import dev.errand.broker.Capability;
import dev.errand.broker.QueueControl;
import dev.errand.broker.QueueStats;
import dev.errand.broker.WorkerRegistry;
import dev.errand.broker.WorkerRegistry.Registered;
import dev.errand.cli.text.Json;
import dev.errand.cli.text.Spans;
import dev.errand.cli.text.Style;
import dev.errand.cli.text.Table;
import dev.errand.cli.text.Table.Cell;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The command {@code queues}. */
@Command(
        name = "queues",
        description = "Show the queues: tasks by state, age of the oldest ready one, pauses, workers.",
        footer = {"", "Exit code 1 if a queue that is named does not exist."})
final class QueuesCommand extends BrokerCommand {
    @Parameters(paramLabel = "QUEUE", arity = "0..*", description = "only these")
    List<String> names = List.of();

    @Override
    int run(Session session) {
        QueueStats stats = session.stats();
        List<String> known = stats.queues();
        List<String> shown =
                names.isEmpty() ? known : names.stream().filter(known::contains).toList();
        Map<String, Instant> paused = session.maybe(QueueControl.class, Capability.PAUSE)
                .map(QueueControl::paused)
                .orElse(Map.of());
        Optional<List<Registered>> workers =
                session.maybe(WorkerRegistry.class, Capability.WORKER_REGISTRY).map(WorkerRegistry::workers);
        List<QueueView> views = shown.stream()
                .map(name -> look(session, name, Optional.ofNullable(paused.get(name)), workers))
                .toList();
        if (session.out().isJson()) {
            views.forEach(view -> session.out().item(view.json()));
        } else if (names.isEmpty() || !views.isEmpty()) {
            session.out().table(table(session, views), "There is no queue yet.");
        }
        names.stream()
                .filter(name -> !known.contains(name))
                .forEach(name -> session.out().problem("there is no queue " + name + "; ./errand queues lists them"));
        return shown.size() == names.size() || names.isEmpty() ? Exit.DONE : Exit.NOT_DONE;
    }

    private static QueueView look(
            Session session, String name, Optional<Instant> paused, Optional<List<Registered>> workers) {
        QueueStats stats = session.stats();
        Map<TaskState, Long> counts =
                session.can(Capability.COUNTS) ? stats.counts(name) : Map.of(TaskState.PENDING, stats.depth(name));
        Optional<Duration> oldest = session.can(Capability.OLDEST_AGE)
                ? stats.oldestReady(name).map(since -> Duration.between(since, session.now()))
                : Optional.empty();
        return new QueueView(
                name,
                counts,
                oldest,
                paused,
                workers.map(all -> all.stream()
                        .filter(worker -> worker.spec().queues().containsKey(name))
                        .count()));
    }

    private static Table table(Session session, List<QueueView> views) {
        Table table = new Table(
                "QUEUE",
                ">READY",
                ">ACTIVE",
                ">SCHEDULED",
                ">RETRY",
                ">DEAD",
                ">DONE",
                ">OLDEST",
                ">WORKERS",
                "PAUSED");
        for (QueueView view : views) {
            boolean unserved = view.workers().filter(count -> count == 0).isPresent() && view.waits();
            table.row(
                    Cell.of(view.name()),
                    Cell.of(view.count(TaskState.PENDING)),
                    Cell.of(view.count(TaskState.ACTIVE)),
                    Cell.of(view.count(TaskState.SCHEDULED) + view.count(TaskState.WAITING)),
                    styled(view.count(TaskState.RETRY), Style.YELLOW),
                    styled(view.count(TaskState.DEAD), Style.RED),
                    Cell.of(view.count(TaskState.COMPLETED) + view.count(TaskState.CANCELLED)),
                    Cell.of(view.oldest().map(Spans::show).orElse("-")),
                    new Cell(view.workers().map(String::valueOf).orElse("?"), unserved ? Style.RED : Style.PLAIN),
                    Cell.of(
                            view.paused()
                                    .map(since -> "for " + Spans.show(Duration.between(since, session.now())))
                                    .orElse(""),
                            Style.YELLOW));
        }
        return table;
    }

    private static Cell styled(long count, Style style) {
        return new Cell(Cell.of(count).text(), count == 0 ? Style.PLAIN : style);
    }

    private record QueueView(
            String name,
            Map<TaskState, Long> counts,
            Optional<Duration> oldest,
            Optional<Instant> paused,
            Optional<Long> workers) {
        long count(TaskState state) {
            return counts.getOrDefault(state, 0L);
        }

        boolean waits() {
            return count(TaskState.PENDING) + count(TaskState.SCHEDULED) + count(TaskState.RETRY) > 0;
        }

        Json json() {
            Map<String, Long> states = new LinkedHashMap<>();
            for (TaskState state : TaskState.values()) {
                states.put(state.name().toLowerCase(Locale.ROOT), count(state));
            }
            return new Json()
                    .put("queue", name)
                    .put("depth", count(TaskState.PENDING))
                    .put("states", states)
                    .put("oldest_ready_seconds", oldest.orElse(null))
                    .put("paused", paused.isPresent())
                    .put("paused_since", paused.orElse(null))
                    .put("workers", workers.orElse(null));
        }
    }
}
