package dev.errand;

import dev.errand.broker.Payload;
import dev.errand.broker.ScheduleStore.Stored;
import dev.errand.schedule.Definition;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stored schedule as it was when it was looked at.
 *
 * @param name the schedule's
 * @param definition what it does; null: it cannot be read, and {@code defect} says why
 * @param defect why the schedule does not fire; null: it does
 * @param payload of its tasks, encoded
 * @param due when it fires next, jitter included; null: never again
 * @param waiting due times that wait until the last task has ended
 * @param paused whether it is held back
 * @param lastTask the task of its last run; null: none yet
 * @param declared whether it comes from code, and not from a call at run time
 * @param seen when a worker last declared it; null: never
 */
public record ScheduleInfo(
        String name,
        @Nullable Definition definition,
        @Nullable String defect,
        Payload payload,
        @Nullable Instant due,
        List<Instant> waiting,
        boolean paused,
        @Nullable TaskId lastTask,
        boolean declared,
        @Nullable Instant seen) {
    static ScheduleInfo of(Stored stored) {
        Definition definition = null;
        String defect = null;
        try {
            definition = Definition.parse(stored.definition());
        } catch (ConfigurationException e) {
            defect = e.getMessage();
        }
        return new ScheduleInfo(
                stored.name(),
                definition,
                defect,
                stored.payload(),
                stored.due(),
                stored.waiting(),
                stored.paused(),
                stored.lastTask(),
                stored.declared() != null,
                stored.seen());
    }
}
