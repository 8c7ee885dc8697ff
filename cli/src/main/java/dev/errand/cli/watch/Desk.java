package dev.errand.cli.watch;

import dev.errand.ErrandException;
import dev.errand.broker.Broker;
import dev.errand.broker.Capability;
import dev.errand.broker.DeadLetters;
import dev.errand.broker.QueueControl;
import dev.errand.broker.TaskFilter;
import dev.errand.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Talks to the broker on a thread of its own, so that the screen never waits for it: looks at it again and again, and does what
 * keys ask for in between. A broker out of reach is told of, and tried again.
 */
final class Desk implements AutoCloseable {
    private static final int SLICE = 500;

    private final Broker broker;
    private final Observer observer;
    private final Duration interval;
    private final Consumer<String> audit;
    private final BlockingQueue<Supplier<String>> wishes = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this::work, "errand-watch");
    private volatile boolean closed;
    private volatile Snapshot before = Snapshot.NOTHING;
    private volatile Snapshot latest = Snapshot.NOTHING;
    private volatile String trouble = "";
    private volatile String said = "";

    Desk(Broker broker, Time time, Duration interval, Consumer<String> audit) {
        this.broker = broker;
        this.observer = new Observer(broker, time);
        this.interval = interval;
        this.audit = audit;
        thread.setDaemon(true);
        thread.start();
    }

    Snapshot latest() {
        return latest;
    }

    Snapshot before() {
        return before;
    }

    /** Why the broker does not answer; empty if it does. */
    String trouble() {
        return trouble;
    }

    /** What the last wish came to, once. */
    String takeMessage() {
        String message = said;
        said = "";
        return message;
    }

    /** Pauses a queue, or lets it go on. */
    void toggle(String queue) {
        wishes.add(() -> {
            if (!broker.profile().can(Capability.PAUSE)) {
                return "this broker cannot pause queues";
            }
            QueueControl control = broker.extension(QueueControl.class).orElseThrow();
            boolean paused = !control.paused().containsKey(queue);
            if (paused) {
                control.pause(queue);
            } else {
                control.resume(queue);
            }
            String done = "queue " + queue + ": " + (paused ? "paused" : "resumed");
            audit.accept(done);
            return done;
        });
    }

    /** Redrives what died in a queue before this time; what dies at once again is not redriven twice. */
    void redrive(String queue, Instant before) {
        wishes.add(() -> {
            DeadLetters letters = broker.extension(DeadLetters.class).orElseThrow();
            TaskFilter which = TaskFilter.ALL.inQueue(queue).endedBefore(before);
            int count = letters.count(which, Integer.MAX_VALUE);
            int done = 0;
            try {
                for (int slice = 1; done < count && slice > 0; done += slice) {
                    slice = letters.redriveAll(which, Math.min(SLICE, count - done));
                }
            } finally {
                audit.accept(done + " dead letters redriven, queue " + queue);
            }
            return done + " dead letters of queue " + queue + " redriven";
        });
    }

    private void work() {
        while (!closed) {
            try {
                Snapshot next = observer.look();
                before = latest;
                latest = next;
                trouble = "";
            } catch (ErrandException e) {
                trouble = "broker away, trying again: " + e.getMessage();
            } catch (RuntimeException e) {
                trouble = "cannot look: " + e;
            }
            await(interval);
        }
    }

    private void await(Duration span) {
        try {
            Supplier<String> wish = wishes.poll(span.toMillis(), TimeUnit.MILLISECONDS);
            if (wish != null) {
                said = wish.get();
            }
        } catch (InterruptedException e) {
            closed = true;
        } catch (RuntimeException e) {
            said = String.valueOf(e.getMessage());
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(2_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
