package dev.errand.client;

import dev.errand.TaskId;
import dev.errand.time.Time;
import java.util.random.RandomGenerator;

/** Makes task ids. */
final class Ids {
    private final Time time;
    private final RandomGenerator random;

    Ids(Time time, RandomGenerator random) {
        this.time = time;
        this.random = random;
    }

    TaskId next() {
        return TaskId.next(time.now(), random);
    }
}
