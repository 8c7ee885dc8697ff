package dev.errand.local;

import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The attempts that run. Each has a slot of an array, near where its number says; the few that find none free are kept in a set. That is
 * because every attempt comes and goes here, while the whole is looked at hardly ever.
 */
final class RunningAttempts {
    private static final int MOST_SLOTS = 4096;
    private static final int PROBES = 8;
    private static final int NO_SLOT = -1;
    /** Neighbours in number are not neighbours in memory, where they would get into each other's way. */
    private static final int STRIDE = 17;

    private final AtomicReferenceArray<Attempt> slots;
    private final Set<Attempt> others = ConcurrentHashMap.newKeySet();

    RunningAttempts(int permits) {
        int atLeast = Math.clamp(4L * permits, 16, MOST_SLOTS);
        slots = new AtomicReferenceArray<>(Integer.highestOneBit(atLeast - 1) << 1);
    }

    void add(Attempt attempt) {
        for (int i = 0; i < PROBES; i++) {
            int slot = (int) ((attempt.job.number + i) * STRIDE) & (slots.length() - 1);
            attempt.slot = slot;
            if (slots.get(slot) == null && slots.compareAndSet(slot, null, attempt)) {
                return;
            }
        }
        attempt.slot = NO_SLOT;
        others.add(attempt);
    }

    void remove(Attempt attempt) {
        if (attempt.slot == NO_SLOT) {
            others.remove(attempt);
        } else {
            slots.setRelease(attempt.slot, null);
        }
    }

    Stream<Attempt> all() {
        Stream<Attempt> inSlots =
                IntStream.range(0, slots.length()).mapToObj(slots::get).filter(Objects::nonNull);
        return Stream.concat(inSlots, others.stream());
    }
}
