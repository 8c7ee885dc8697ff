package dev.errand.rabbitmq;

import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one worker gets of the tasks on their last chance: one at a time, of all its queues together. Beside each queue is
 * another for them, from which nothing is delivered ahead: each is fetched when it can begin at once, and no other is held
 * meanwhile. So what comes back from there was begun, and was the only one of its kind that its worker had; this alone counts
 * as the last crash. Asked by one thread; the rest is for any.
 */
final class Alone implements Line.Listener {
    /** How often to look whether another worker has put something there. */
    private static final Duration LOOK = Duration.ofSeconds(2);

    private final RabbitBroker broker;
    private final Consumer<Line> onEnd;
    private final Runnable onChange;
    /** The queues in which there is something as far as we know. */
    private final Set<String> promising = ConcurrentHashMap.newKeySet();

    private volatile @Nullable Line line;
    private volatile long lookedAt;

    Alone(RabbitBroker broker, Runnable onChange, Consumer<Line> onEnd) {
        this.broker = broker;
        this.onChange = onChange;
        this.onEnd = onEnd;
        this.lookedAt = broker.time().nanoTime() - LOOK.toNanos();
    }

    /**
     * A task that was fetched.
     *
     * @param queue the queue of tasks that it belongs to
     * @param arrival the delivery
     */
    record Fetched(String queue, Arrival arrival) {}

    /** The next one, if none is held and there is one. */
    @Nullable
    Fetched next(List<String> queues) {
        if (isBusy()) {
            return null;
        }
        boolean all = !untilLook().isPositive();
        if (all) {
            lookedAt = broker.time().nanoTime();
        }
        for (String queue : queues) {
            if (all || promising.contains(queue)) {
                Arrival arrival = fetch(queue);
                if (arrival != null) {
                    promising.add(queue);
                    return new Fetched(queue, arrival);
                }
                promising.remove(queue);
            }
        }
        return null;
    }

    private @Nullable Arrival fetch(String queue) {
        String physical = broker.layout().alone(queue);
        try {
            return line().get(physical);
        } catch (IOException | ShutdownSignalException e) {
            drop();
            if (Failures.isNotFound(e)) {
                broker.topology().forgetAlone(queue);
                broker.topology().alone(queue);
                return null;
            }
            throw Failures.of(broker.options(), "looking into the queue " + physical, e);
        }
    }

    private Line line() {
        Line current = line;
        if (current == null || current.isOver()) {
            current = new Line(broker.consuming().channel("fetching what runs alone"), this);
            line = current;
        }
        return current;
    }

    private boolean isBusy() {
        Line current = line;
        return current != null && !current.isOver() && !current.isDone();
    }

    /** There is something in this queue's other one. */
    void expect(String queue) {
        promising.add(queue);
    }

    /** Whether it is worth asking at once. */
    boolean isPromising() {
        return !promising.isEmpty() && !isBusy();
    }

    /** How long until it is worth asking again, as far as is known. */
    Duration looksIn() {
        return isBusy() ? LOOK : untilLook();
    }

    private Duration untilLook() {
        return Duration.ofNanos(lookedAt + LOOK.toNanos() - broker.time().nanoTime());
    }

    @Override
    public void arrived(Arrival arrival) {
        throw new AssertionError("nothing is consumed on this channel");
    }

    @Override
    public void ended(Line ended, String why) {
        onEnd.accept(ended);
        onChange.run();
    }

    private void drop() {
        Line current = line;
        if (current != null) {
            line = null;
            current.abort();
        }
    }

    /** What is still held goes back. */
    void close() {
        Line current = line;
        if (current != null) {
            current.close();
        }
    }
}
