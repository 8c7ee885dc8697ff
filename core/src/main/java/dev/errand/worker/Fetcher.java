package dev.errand.worker;

import dev.errand.broker.Delivery;
import dev.errand.broker.Intake;
import dev.errand.broker.TakeRequest;
import dev.errand.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Takes tasks from the broker on a thread of its own: as many as there are free slots, plus a small measured look-ahead. It
 * blocks in the broker's own wait while the queues are empty, and pauses while there is no room, or while too many outcomes
 * are still to be written down.
 */
final class Fetcher {
    /** The broker wakes a take by itself; this only bounds how stale a request can get. */
    private static final Duration WAIT = Duration.ofSeconds(10);

    private final Intake intake;
    private final Bench bench;
    private final Pace pace;
    private final QueueOrder order;
    private final Settler settler;
    private final Consumer<List<Delivery>> onTaken;
    private final Loop loop;
    private volatile boolean constrained;
    private volatile boolean hungry;
    private volatile int enough;

    Fetcher(
            Intake intake,
            Bench bench,
            Pace pace,
            QueueOrder order,
            Settler settler,
            Time time,
            Outage outage,
            Consumer<List<Delivery>> onTaken) {
        this.intake = intake;
        this.bench = bench;
        this.pace = pace;
        this.order = order;
        this.settler = settler;
        this.onTaken = onTaken;
        this.loop = new Loop("fetcher", time, outage, this::fetch);
    }

    void start() {
        loop.start();
    }

    /** A slot, or room at the settler, has become free. */
    void roomChanged() {
        if (hungry && bench.waitingCount() <= enough) {
            hungry = false;
            loop.wake();
        }
    }

    /** A queue's or type's limit has become free: a request that was made without it is stale. */
    void limitChanged() {
        if (constrained) {
            intake.nudge();
        }
        if (hungry) {
            loop.wake();
        }
    }

    void stop() {
        loop.stop();
        intake.stopTaking();
        loop.join(Duration.ofSeconds(30));
    }

    private Duration fetch() {
        int lookAhead = pace.lookAhead();
        enough = lookAhead / 2;
        // Both flags go up before the look, so that a change after it is never missed; a needless wake does no harm.
        hungry = true;
        constrained = true;
        Bench.Ask ask = bench.ask(order.next(), lookAhead);
        boolean room = ask.free() > 0 || ask.max() * 2 >= lookAhead;
        if (!room || ask.max() < 1 || ask.demands().isEmpty() || settler.full()) {
            constrained = false;
            return WAIT;
        }
        hungry = false;
        constrained = ask.constrained();
        List<Delivery> taken = intake.take(new TakeRequest(ask.demands(), ask.max(), ask.typeRoom(), WAIT));
        if (!taken.isEmpty()) {
            onTaken.accept(taken);
        }
        return Duration.ZERO;
    }
}
