package dev.errand.cli;

import dev.errand.broker.Capability;
import dev.errand.broker.WorkerRegistry;
import dev.errand.broker.WorkerRegistry.Registered;
import dev.errand.broker.WorkerSpec;
import dev.errand.cli.text.Json;
import dev.errand.cli.text.Spans;
import dev.errand.cli.text.Style;
import dev.errand.cli.text.Table;
import dev.errand.cli.text.Table.Cell;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** The command {@code workers}. */
@Command(
        name = "workers",
        description = "Show the workers that are alive: where they run, what they serve, how busy they are.",
        footer = {"", "Exit code 1 if there is none."})
final class WorkersCommand extends BrokerCommand {
    @Override
    int run(Session session) {
        List<Registered> workers =
                session.part(WorkerRegistry.class, Capability.WORKER_REGISTRY, "list its workers").workers().stream()
                        .sorted(Comparator.comparing(
                                        (Registered worker) -> worker.spec().started())
                                .thenComparing(worker -> worker.spec().id()))
                        .toList();
        if (session.out().isJson()) {
            workers.forEach(worker -> session.out().item(json(worker)));
        } else {
            session.out().table(table(session, workers), "No worker is alive.");
        }
        return workers.isEmpty() ? Exit.NOT_DONE : Exit.DONE;
    }

    private static Table table(Session session, List<Registered> workers) {
        Table table = new Table("NAME", ">PID", ">UP", ">SEEN", ">RUNNING", "QUEUES", "TYPES");
        for (Registered worker : workers) {
            WorkerSpec spec = worker.spec();
            Duration silence = Duration.between(worker.seen(), session.now());
            table.row(
                    Cell.of(spec.name()),
                    Cell.of(Long.toString(spec.pid())),
                    Cell.of(Spans.show(Duration.between(spec.started(), session.now()))),
                    Cell.of(
                            Spans.show(silence) + " ago",
                            silence.compareTo(spec.lease()) > 0 ? Style.RED : Style.PLAIN),
                    Cell.of(worker.running() + "/" + spec.concurrency()),
                    Cell.of(queues(spec)),
                    Cell.of(String.join(" ", new TreeSet<>(spec.types()))));
        }
        return table;
    }

    private static String queues(WorkerSpec spec) {
        return spec.queues().entrySet().stream()
                        .sorted(Map.Entry.<String, Integer>comparingByValue()
                                .reversed()
                                .thenComparing(Map.Entry.comparingByKey()))
                        .map(queue -> queue.getKey() + (queue.getValue() == 1 ? "" : ":" + queue.getValue()))
                        .collect(Collectors.joining(" "))
                + (spec.strict() ? " (strict)" : "");
    }

    private static Json json(Registered worker) {
        WorkerSpec spec = worker.spec();
        return new Json()
                .put("id", spec.id())
                .put("name", spec.name())
                .put("host", spec.host())
                .put("pid", spec.pid())
                .put("started", spec.started())
                .put("seen", worker.seen())
                .put("running", worker.running())
                .put("concurrency", spec.concurrency())
                .put("queues", new TreeMap<>(spec.queues()))
                .put("strict", spec.strict())
                .put("types", new TreeSet<>(spec.types()))
                .put("lease_seconds", spec.lease());
    }
}
