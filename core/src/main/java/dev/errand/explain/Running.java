package dev.errand.explain;

import dev.errand.TaskInfo;
import dev.errand.broker.Broker;
import dev.errand.broker.Capability;
import dev.errand.broker.TaskRecords;
import dev.errand.broker.WorkerRegistry.Registered;
import dev.errand.explain.Finding.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tasks that a worker holds: who, since when, how far, and whether that worker is well. */
final class Running {
    private final Broker broker;
    private final Sight sight;

    Running(Broker broker, Sight sight) {
        this.broker = broker;
        this.sight = sight;
    }

    List<Finding> findings(TaskInfo task) {
        List<Finding> findings = new ArrayList<>();
        Optional<Registered> worker = sight.workers().stream()
                .filter(w -> w.spec().id().equals(task.worker()))
                .findFirst();
        String since = task.started() == null
                ? ""
                : " for " + Span.between(task.started(), sight.now()) + ", since " + task.started();
        findings.add(Finding.ok("running", "A worker has held it" + since + ".", details(task, worker)));
        worker.ifPresentOrElse(one -> silence(one).ifPresent(findings::add), () -> gone(task, findings));
        tooLong(task).ifPresent(findings::add);
        if (task.cancelRequested()) {
            findings.add(Finding.warn(
                    "cancel-requested",
                    "Its cancellation was asked for; it ends when its handler does.",
                    "A handler must heed its interrupt; one that does not ends with its worker's process"));
        }
        return findings;
    }

    private String[] details(TaskInfo task, Optional<Registered> worker) {
        List<String> lines = new ArrayList<>();
        worker.ifPresent(one -> lines.add("Worker " + Sight.name(one) + ", process "
                + one.spec().pid() + " on "
                + one.spec().host() + ", last heard of " + Span.of(sight.silence(one)) + " ago; its leases last "
                + Span.of(one.spec().lease())));
        lines.add("It is counted attempt " + (task.attempts() + 1)
                + (task.envelope().history().crashes() > 0
                        ? "; crashes before: " + task.envelope().history().crashes()
                        : ""));
        if (broker.profile().can(Capability.PROGRESS)) {
            broker.extension(TaskRecords.class)
                    .flatMap(records -> records.progress(task.id()))
                    .ifPresent(progress -> lines.add("It has come to " + Math.round(progress.fraction() * 100) + " %"
                            + (progress.text().isEmpty() ? "" : " (" + progress.text() + ")") + ", said "
                            + Span.between(progress.at(), sight.now()) + " ago"));
        }
        return lines.toArray(String[]::new);
    }

    private Optional<Finding> silence(Registered worker) {
        if (!sight.isSilent(worker)) {
            return Optional.empty();
        }
        return Optional.of(
                Finding.bad(
                        "worker-silent",
                        "Its worker " + Sight.name(worker) + " has not been heard of for "
                                + Span.of(sight.silence(worker)) + ", longer than its lease.",
                        "Another worker takes the task over once its lease has run out; see whether the process hangs or is stopped"));
    }

    private void gone(TaskInfo task, List<Finding> findings) {
        if (!sight.knowsWorkers()) {
            return;
        }
        findings.add(
                sight.workers().isEmpty()
                        ? Finding.bad(
                                "worker-gone",
                                "Its worker " + task.worker()
                                        + " is gone, and no worker is alive to take the task back.",
                                "Start a worker; it takes back within seconds what dead ones held")
                        : Finding.warn(
                                "worker-gone",
                                "Its worker " + task.worker() + " is gone; another one takes the task back.",
                                "Wait a few seconds, or the lease (30 s by default); the task then counts one crash"));
    }

    private Optional<Finding> tooLong(TaskInfo task) {
        if (task.started() == null) {
            return Optional.empty();
        }
        Duration ran = Duration.between(task.started(), sight.now());
        Duration timeout = task.envelope().policy().timeout();
        if (ran.compareTo(timeout.plusSeconds(30)) <= 0) {
            return Optional.empty();
        }
        return Optional.of(new Finding(
                Level.WARN,
                "over-timeout",
                "It runs for longer than its timeout of " + Span.of(timeout) + " says.",
                List.of(),
                "Its worker has interrupted it, or its type has a longer timeout now; jcmd " + "<pid> "
                        + "Thread.dump_to_file shows where the thread errand-task-" + task.id() + " hangs"));
    }
}
