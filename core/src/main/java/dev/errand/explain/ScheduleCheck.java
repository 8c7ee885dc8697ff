package dev.errand.explain;

import dev.errand.ConfigurationException;
import dev.errand.broker.ScheduleStore;
import dev.errand.schedule.Definition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether the schedules fire, and whether those that code declares are still declared by a worker. */
final class ScheduleCheck {
    private static final Duration LATE = Duration.ofMinutes(1);
    private static final Duration FORGOTTEN = Duration.ofDays(1);
    /** How long a start may take. */
    private static final Duration START = Duration.ofMinutes(5);

    private final ScheduleStore schedules;
    private final Sight sight;

    ScheduleCheck(ScheduleStore schedules, Sight sight) {
        this.schedules = schedules;
        this.sight = sight;
    }

    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        List<ScheduleStore.Stored> all = schedules.list();
        for (ScheduleStore.Stored schedule : all) {
            String defect = defect(schedule);
            if (defect != null) {
                findings.add(Finding.bad(
                        "schedule-unusable",
                        "The schedule " + schedule.name() + " does not fire, because " + defect + ".",
                        "Put it anew or delete it; it may also be of a newer release"));
                continue;
            }
            Instant due = schedule.due();
            if (due != null && !schedule.paused() && due.plus(LATE).isBefore(sight.now())) {
                findings.add(Finding.bad(
                        "schedule-overdue",
                        "The schedule " + schedule.name() + " was due at " + due + ", " + Span.between(due, sight.now())
                                + " ago, and has not fired.",
                        "Only workers fire schedules: see that one is alive, and look at its log for the timekeeper"));
            }
            Instant seen = schedule.seen();
            if (schedule.declared() != null
                    && seen != null
                    && seen.plus(FORGOTTEN).isBefore(sight.now())
                    && !isDeclarerAlive(seen)) {
                findings.add(Finding.warn(
                        "schedule-undeclared",
                        "The schedule " + schedule.name() + " comes from code, and no worker has declared it for "
                                + Span.between(seen, sight.now()) + "; it goes on firing.",
                        "Delete it if the code does not want it any more"));
            }
        }
        if (!all.isEmpty()) {
            long paused = all.stream().filter(ScheduleStore.Stored::paused).count();
            findings.add(Finding.ok("schedules", Span.count(all.size(), "schedule") + ", " + paused + " paused."));
        }
        return findings;
    }

    /** Workers declare when they start, and no more: one that started about then may be the one. */
    private boolean isDeclarerAlive(Instant seen) {
        return sight.workers().stream()
                .map(worker -> Duration.between(worker.spec().started(), seen).abs())
                .anyMatch(apart -> apart.compareTo(START) < 0);
    }

    private static @Nullable String defect(ScheduleStore.Stored schedule) {
        try {
            Definition.parse(schedule.definition());
            return null;
        } catch (ConfigurationException e) {
            return e.getMessage();
        }
    }
}
