package dev.errand.explain;

import dev.errand.CapabilityException;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.broker.Broker;
import dev.errand.broker.Capability;
import dev.errand.broker.TaskStore;
import dev.errand.explain.Finding.Level;
import dev.errand.time.Time;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Says why a task is where it is, and what keeps it from running, with the questions that the engine itself asks. It reads the
 * task, the queues and the list of workers one after the other, so that a task that is just moving may be told of as it was.
 * Thread-safe.
 */
public final class Explainer {
    private final Broker broker;
    private final Time time;

    /** Of the tasks of one broker. */
    public Explainer(Broker broker, Time time) {
        this.broker = broker;
        this.time = time;
    }

    /**
     * Explains one task.
     *
     * @throws CapabilityException if the broker cannot find single tasks
     */
    public Explanation explain(TaskId id) {
        if (!broker.profile().can(Capability.FIND)) {
            throw new CapabilityException("The broker " + broker.profile().name()
                    + " cannot find single tasks, so it cannot be said what became of " + id
                    + "; look for it among the dead letters and in the workers' logs");
        }
        Instant now = time.now();
        Optional<TaskInfo> task = broker.extension(TaskStore.class)
                .orElseThrow(() -> new IllegalStateException("FIND without a TaskStore"))
                .find(id);
        List<Finding> findings = task.map(found -> about(found, now)).orElseGet(() -> List.of(unknown(id)));
        return new Explanation(id, now, task, headline(id, task, findings), findings);
    }

    private List<Finding> about(TaskInfo task, Instant now) {
        return switch (task.state()) {
            case COMPLETED, DEAD, CANCELLED -> Ended.findings(task, now);
            case ACTIVE -> new Running(broker, Sight.of(broker, now)).findings(task);
            case PENDING -> new Waiting(Sight.of(broker, now)).findings(task);
            case SCHEDULED, RETRY -> later(task, now);
            case WAITING ->
                List.of(Finding.warn(
                        "held", "It is held back by what it depends on.", "See that what it waits for goes on"));
        };
    }

    private List<Finding> later(TaskInfo task, Instant now) {
        Sight sight = Sight.of(broker, now);
        List<Finding> findings = new ArrayList<>(new Later(sight).findings(task));
        // What would keep it from running then, too; its place in line is not known before.
        findings.addAll(new Waiting(sight).obstacles(task));
        return findings;
    }

    private Finding unknown(TaskId id) {
        List<String> details = new ArrayList<>();
        madeAt(id)
                .ifPresent(at -> details.add("Its id says that it was made at " + at
                        + (at.isAfter(time.now())
                                ? ", which is ahead: the clocks differ, or it is another kind of id"
                                : "")));
        details.add("It has completed and was not kept: a task type without a retention keeps nothing");
        details.add("It was deleted or purged, or dropped as a dead letter that was too old or one too many");
        details.add("It was never enqueued here: the enqueue failed, or the id is of another broker, file or prefix");
        return new Finding(
                Level.BAD,
                "unknown",
                "The broker (" + broker.profile().name() + ") has no task " + id + ".",
                details,
                "Check the id and the broker's URL; give the task type a retention to see its tasks after they have completed");
    }

    /** The time in a version 7 UUID (RFC 9562, section 5.7). */
    private static Optional<Instant> madeAt(TaskId id) {
        if (id.value().length() != 36) {
            return Optional.empty();
        }
        try {
            UUID uuid = UUID.fromString(id.value());
            return uuid.version() == 7
                    ? Optional.of(Instant.ofEpochMilli(uuid.getMostSignificantBits() >>> 16))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String headline(TaskId id, Optional<TaskInfo> task, List<Finding> findings) {
        String state = task.map(found -> found.state().name()).orElse("unknown");
        Finding first = findings.stream()
                .filter(finding -> finding.level() == Level.BAD)
                .findFirst()
                .or(() -> findings.stream()
                        .filter(finding -> finding.level() == Level.WARN)
                        .findFirst())
                .orElse(findings.getFirst());
        return "Task " + id + " is " + state + ": " + first.what();
    }
}
