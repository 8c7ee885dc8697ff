package dev.errand.local;

import java.util.concurrent.atomic.LongAdder;

/** What is counted since the start. */
final class Counters {
    final LongAdder enqueued = new LongAdder();
    final LongAdder started = new LongAdder();
    final LongAdder completed = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder retried = new LongAdder();
    final LongAdder dead = new LongAdder();
    final LongAdder cancelled = new LongAdder();
    final LongAdder dropped = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder stuck = new LongAdder();

    LocalStats with(Room.Books books, int permits, int places) {
        return new LocalStats(
                books.running(),
                books.inUse(),
                permits,
                books.waiting(),
                books.delayed(),
                places,
                stuck.sum(),
                enqueued.sum(),
                started.sum(),
                completed.sum(),
                failed.sum(),
                retried.sum(),
                dead.sum(),
                cancelled.sum(),
                dropped.sum(),
                refused.sum());
    }
}
