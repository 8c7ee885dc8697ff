package dev.errand.explain;

import dev.errand.Defaults;
import dev.errand.TaskInfo;
import dev.errand.broker.Envelope;
import dev.errand.broker.WorkerRegistry.Registered;
import dev.errand.explain.Finding.Level;
import dev.errand.worker.Admission;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;

/** Tasks that are ready, or will be: what stands between them and a handler. */
final class Waiting {
    /** A worker takes a ready task within milliseconds; after this long something else must be the reason. */
    private static final Duration SOON = Duration.ofSeconds(5);

    private final Sight sight;

    Waiting(Sight sight) {
        this.sight = sight;
    }

    /** Of a task that is ready. */
    List<Finding> findings(TaskInfo task) {
        List<Finding> findings = new ArrayList<>(obstacles(task));
        findings.add(placeInLine(task));
        if (findings.stream().allMatch(finding -> finding.level() == Level.OK)) {
            findings.add(0, noObstacle(task));
        }
        return findings;
    }

    /** What would keep a task of this kind from running now. */
    List<Finding> obstacles(TaskInfo task) {
        List<Finding> findings = new ArrayList<>();
        Instant since = sight.paused().get(task.queue());
        if (since != null) {
            findings.add(Finding.bad(
                    "queue-paused",
                    "Its queue " + task.queue() + " has been paused for " + Span.between(since, sight.now())
                            + ", since " + since + ".",
                    "Resume the queue"));
        }
        if (sight.knowsWorkers()) {
            findings.addAll(workers(task));
        }
        findings.addAll(fate(task.envelope()));
        return findings;
    }

    private List<Finding> workers(TaskInfo task) {
        if (sight.workers().isEmpty()) {
            return List.of(Finding.bad("no-worker", "No worker is alive on this broker.", "Start a worker"));
        }
        List<Registered> serving = sight.serving(task.queue());
        if (serving.isEmpty()) {
            TreeSet<String> served = new TreeSet<>();
            sight.workers()
                    .forEach(worker -> served.addAll(worker.spec().queues().keySet()));
            return List.of(Finding.bad(
                            "queue-unserved",
                            "No living worker serves its queue " + task.queue() + ".",
                            "Start a worker that serves it, add the queue to one, or move the task to another queue")
                    .with(List.of("The living workers serve " + String.join(", ", served))));
        }
        List<Registered> able =
                serving.stream().filter(w -> Sight.knows(w, task.type())).toList();
        if (able.isEmpty()) {
            return List.of(Finding.bad(
                            "type-unknown",
                            "No worker of its queue " + task.queue() + " (" + Span.count(serving.size(), "worker")
                                    + ") has a handler for its type " + task.type() + ", under this name or an alias.",
                            "Deploy a worker that handles it, or add an alias; meanwhile they give the task back")
                    .with(serving.stream()
                            .map(w -> Sight.name(w) + " handles "
                                    + String.join(", ", new TreeSet<>(w.spec().types())))
                            .toList()));
        }
        return ableWorkers(task, able);
    }

    private List<Finding> ableWorkers(TaskInfo task, List<Registered> able) {
        List<Registered> awake = able.stream().filter(w -> !sight.isSilent(w)).toList();
        if (awake.isEmpty()) {
            return List.of(Finding.bad(
                            "workers-silent",
                            "Every worker that could run it has been silent for longer than its lease.",
                            "See whether their processes hang, are stopped, or cannot reach the broker")
                    .with(able.stream()
                            .map(w -> Sight.name(w) + ", process " + w.spec().pid() + " on "
                                    + w.spec().host() + ", silent for " + Span.of(sight.silence(w)))
                            .toList()));
        }
        List<Finding> findings = new ArrayList<>();
        int slots = awake.stream().mapToInt(w -> w.spec().concurrency()).sum();
        int running = awake.stream().mapToInt(Registered::running).sum();
        List<String> each = awake.stream()
                .map(w -> Sight.name(w) + ": " + w.running() + " of " + w.spec().concurrency() + " running")
                .toList();
        if (awake.stream().allMatch(Sight::isBusy)) {
            findings.add(Finding.warn(
                            "slots-busy",
                            "No slot is free in what could run it: " + Span.count(awake.size(), "worker") + ", "
                                    + Span.count(slots, "slot") + ", " + Span.count(running, "task")
                                    + " running or taken.",
                            "Wait, raise concurrency(…), or start another worker")
                    .with(each));
        } else {
            findings.add(Finding.ok("served", "It can be run by " + Span.count(awake.size(), "living worker") + ".")
                    .with(each));
        }
        TreeSet<String> before = new TreeSet<>();
        awake.forEach(w -> before.addAll(sight.before(w, task.queue())));
        if (awake.stream().allMatch(w -> !sight.before(w, task.queue()).isEmpty())) {
            findings.add(Finding.warn(
                    "strict-order",
                    "Its workers serve their queues in strict order, and there are tasks in "
                            + String.join(", ", before) + ", which come first.",
                    "Wait until those queues are empty, use weights instead of strict(), or start a worker for the queue "
                            + task.queue()));
        }
        return findings;
    }

    /** What the engine decides about the task itself before it runs. */
    private List<Finding> fate(Envelope task) {
        List<Finding> findings = new ArrayList<>();
        if (Admission.isExpired(task, sight.now())) {
            findings.add(Finding.bad(
                    "deadline-passed",
                    "Its deadline " + task.deadline() + " has passed: the worker that takes it makes it a dead letter.",
                    "Give it a later deadline, or cancel it"));
        } else if (task.deadline() != null) {
            findings.add(Finding.ok(
                    "deadline-ahead",
                    "Its deadline " + task.deadline() + " is " + Span.between(sight.now(), task.deadline())
                            + " ahead."));
        }
        if (Admission.hasCrashedTooOften(task, Defaults.CRASH_LIMIT)) {
            findings.add(Finding.bad(
                    "crashed-too-often",
                    "It has taken workers down " + task.history().crashes()
                            + " times: the worker that takes it makes it a dead letter, unless its crashLimit is higher.",
                    "Find out why it crashes"));
        } else if (Admission.isOnLastChance(task, Defaults.CRASH_LIMIT)) {
            findings.add(Finding.warn(
                    "last-chance",
                    "It was there when " + task.history().crashes()
                            + " workers died, and one more crash makes it a dead letter: a worker runs only one such task at a time.",
                    "Wait; find out why those workers died"));
        }
        return findings;
    }

    private Finding placeInLine(TaskInfo task) {
        long depth = sight.stats().depth(task.queue());
        OptionalLong ahead = sight.stats().ahead(task.id());
        String since =
                task.ready() == null ? "" : " It has been ready for " + Span.between(task.ready(), sight.now()) + ".";
        return Finding.ok(
                "place-in-line",
                (ahead.isPresent()
                                ? Span.count(ahead.getAsLong(), "task") + " before it in the queue " + task.queue()
                                        + " (" + depth + " ready)."
                                : Span.count(depth, "ready task") + " in its queue " + task.queue() + ".")
                        + since);
    }

    private Finding noObstacle(TaskInfo task) {
        if (!sight.knowsWorkers()) {
            return Finding.ok(
                    "ready", "It is ready. This broker does not know its workers, so nothing can be said of them.");
        }
        boolean overdue = task.ready() != null && task.ready().plus(SOON).isBefore(sight.now());
        if (!overdue) {
            return Finding.ok("ready", "It is ready, and nothing is in its way: a worker should take it in a moment.");
        }
        return Finding.warn(
                "limits",
                "It is ready and workers have free slots, but it has not been taken.",
                "Look at the limits of its queue and type in the workers (max(…)), which cannot be seen from here, and at the workers' health");
    }
}
