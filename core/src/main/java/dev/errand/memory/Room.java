package dev.errand.memory;

import dev.errand.BrokerClosedException;
import dev.errand.broker.Signals;
import dev.errand.time.Time;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The one lock around all tasks. A locked section does one batch, at one instant; blocked takers are woken at its end, and
 * what the engine is to be told is told after it, outside the lock.
 *
 * <p>One lock is enough: it is held for well under a microsecond per task, and whoever calls comes with a batch.
 */
final class Room {
    private final ReentrantLock lock = new ReentrantLock();
    private final Tasks tasks;
    private final List<Runnable> notices = new ArrayList<>();
    private boolean closed;

    final Time time;

    Room(Time time, int maxTasks) {
        this.time = time;
        this.tasks = new Tasks(maxTasks);
    }

    /**
     * Runs one locked section.
     *
     * @throws BrokerClosedException if the broker is closed
     */
    <R> R with(Function<Tasks, R> section) {
        List<Runnable> told;
        R result;
        lock.lock();
        try {
            if (closed) {
                throw new BrokerClosedException("The in-memory broker is closed; nothing was stored by this call");
            }
            tasks.begin(time.now().truncatedTo(ChronoUnit.MILLIS));
            try {
                result = section.apply(tasks);
            } finally {
                tasks.end();
            }
            told = collectNotices();
        } finally {
            lock.unlock();
        }
        told.forEach(Runnable::run);
        return result;
    }

    /** The same for a section without a result. */
    void run(Consumer<Tasks> section) {
        with(tasks -> {
            section.accept(tasks);
            return true;
        });
    }

    /** The same, but nothing once the broker is closed. */
    void runUnlessClosed(Consumer<Tasks> section) {
        try {
            run(section);
        } catch (BrokerClosedException e) {
            // What the section would have tidied up is gone.
        }
    }

    /** Has a worker's engine told something after the section that is going on. */
    void tell(Seat seat, Consumer<Signals> what) {
        notices.add(() -> what.accept(seat.signals));
    }

    /** Ends it all; everyone who waits looks again, and finds it closed. */
    void close() {
        lock.lock();
        try {
            closed = true;
            tasks.wakeAll();
        } finally {
            lock.unlock();
        }
    }

    private List<Runnable> collectNotices() {
        if (tasks.dueLine.becameSooner()) {
            tasks.seats.all().forEach(seat -> tell(seat, Signals::dueChanged));
        }
        if (notices.isEmpty()) {
            return List.of();
        }
        List<Runnable> all = List.copyOf(notices);
        notices.clear();
        return all;
    }
}
