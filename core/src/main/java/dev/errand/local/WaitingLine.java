package dev.errand.local;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Those who are ready, in their order. A job is in line as long as its place says so: who takes one from the middle only moves
 * it, and what it leaves behind is cleared away when it comes to the head, or when there is too much of it.
 */
final class WaitingLine {
    private static final int FEW = 64;

    private final Queue<Job<?>> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger left = new AtomicInteger();

    /** Adds one whose place is {@link Place#LINE} already. */
    void add(Job<?> job) {
        queue.add(job);
    }

    /** The head, which may be taken by another thread at any time. */
    @Nullable
    Job<?> first() {
        while (true) {
            Job<?> head = queue.peek();
            if (head == null || head.place() == Place.LINE) {
                return head;
            }
            queue.remove(head); // it is the first or nearly so, hence soon found
        }
    }

    /** The head has been moved elsewhere. */
    void passed(Job<?> head) {
        queue.remove(head);
    }

    /** One somewhere in line has been moved elsewhere; {@code waiting} is how many there are at most. */
    void leftFromWithin(int waiting) {
        if (left.incrementAndGet() > FEW + waiting) {
            left.set(0);
            queue.removeIf(job -> job.place() != Place.LINE);
        }
    }

    Stream<Job<?>> jobs() {
        return queue.stream().filter(job -> job.place() == Place.LINE);
    }
}
