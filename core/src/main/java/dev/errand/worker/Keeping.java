package dev.errand.worker;

import dev.errand.CapabilityException;
import dev.errand.InvalidTaskException;
import dev.errand.broker.Capability;
import dev.errand.time.Time;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What handlers keep with their tasks, for all attempts of a worker: only what their type declares. */
final class Keeping {
    private final @Nullable Scribe scribe;
    private final Steps.@Nullable Means steps;
    private final Time time;

    Keeping(Optional<Scribe> scribe, Optional<Steps.Means> steps, Time time) {
        this.scribe = scribe.orElse(null);
        this.steps = steps.orElse(null);
        this.time = time;
    }

    Steps steps(Attempt attempt) {
        return new Steps(attempt, declared(attempt, Capability.STEPS, "steps", "steps()", steps));
    }

    void progress(Attempt attempt, double fraction, String text) {
        Scribe mine = declared(attempt, Capability.PROGRESS, "progress", "progress()", scribe);
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new InvalidTaskException("Task type " + attempt.envelope().type() + ": the progress " + fraction
                    + " is out of range; give 0 to 1");
        }
        Diary diary = attempt.diary();
        if (diary.came(fraction, text, time.now())) {
            mine.add(diary);
        }
    }

    void log(Attempt attempt, String line) {
        Scribe mine = declared(attempt, Capability.TASK_LOG, "a log", "log()", scribe);
        Diary diary = attempt.diary();
        if (diary.log(line, time.now())) {
            mine.add(diary);
        }
    }

    private static <T> T declared(Attempt attempt, Capability needed, String what, String method, @Nullable T means) {
        HandlerTable.Registration registration = attempt.registration;
        if (registration == null
                || means == null
                || !registration.spec().keeps().contains(needed)) {
            throw new CapabilityException("Task type " + attempt.envelope().type() + " does not declare " + what
                    + ", so its handler cannot use it; declare it with " + method);
        }
        return means;
    }
}
