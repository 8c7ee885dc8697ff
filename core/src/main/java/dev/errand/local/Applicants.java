package dev.errand.local;

import dev.errand.time.Signal;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Submitters that wait for room, in their order. Whoever makes room wakes the first one who can use it. */
final class Applicants {
    /** A submitter's signal, and the job that it is there for. */
    record Applicant(Signal signal, Job<?> job) {}

    private final Queue<Applicant> queue = new ConcurrentLinkedQueue<>();

    /** To be followed by a look whether there is room now: who makes some after that sees this one. */
    void add(Applicant applicant) {
        queue.add(applicant);
    }

    void remove(Applicant applicant) {
        queue.remove(applicant);
    }

    void wake(Predicate<Job<?>> hasRoom) {
        if (queue.isEmpty()) {
            return;
        }
        Applicant first = first(hasRoom);
        if (first == null) {
            return;
        }
        if (queue.remove(first)) {
            first.signal().raise();
        } else {
            wake(hasRoom); // another has woken that one, for room of its own
        }
    }

    private @Nullable Applicant first(Predicate<Job<?>> hasRoom) {
        for (Applicant one : queue) {
            if (hasRoom.test(one.job())) {
                return one;
            }
        }
        return null;
    }

    void wakeAll() {
        for (Applicant one = queue.poll(); one != null; one = queue.poll()) {
            one.signal().raise();
        }
    }
}
