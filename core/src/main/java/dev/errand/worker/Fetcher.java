package dev.errand.worker;

import dev.errand.Notice;
import dev.errand.broker.Delivery;
import dev.errand.broker.Intake;
import dev.errand.broker.TakeRequest;
import dev.errand.notices.Notices;
import dev.errand.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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
    private final Time time;
    private final @Nullable Notices notices;
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
            @Nullable Notices notices,
            Consumer<List<Delivery>> onTaken) {
        this.intake = intake;
        this.bench = bench;
        this.pace = pace;
        this.order = order;
        this.settler = settler;
        this.time = time;
        this.notices = notices;
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

    void takeNoMore() {
        loop.stop();
        intake.stopTaking();
    }

    void stop() {
        takeNoMore();
        loop.join(Duration.ofSeconds(30));
    }

    Loop loop() {
        return loop;
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
        TakeRequest request = new TakeRequest(ask.demands(), ask.max(), ask.typeRoom(), WAIT);
        List<Delivery> taken = notices == null ? intake.take(request) : takeAndTell(notices, request);
        if (!taken.isEmpty()) {
            onTaken.accept(taken);
        }
        return Duration.ZERO;
    }

    private List<Delivery> takeAndTell(Notices listening, TakeRequest request) {
        long begin = time.nanoTime();
        List<Delivery> taken;
        try {
            taken = intake.take(request);
        } catch (RuntimeException | Error e) {
            listening.tell(new Notice.BrokerCall(
                    Notice.Call.TAKE,
                    0,
                    Duration.ofNanos(time.nanoTime() - begin),
                    e.getClass().getName()));
            throw e;
        }
        if (!taken.isEmpty()) {
            Duration whole = Duration.ofNanos(time.nanoTime() - begin);
            listening.tell(new Notice.BrokerCall(Notice.Call.TAKE, taken.size(), withoutWait(whole, taken), null));
        }
        return taken;
    }

    /** The call may have waited until the first of its tasks was ready. */
    private @Nullable Duration withoutWait(Duration whole, List<Delivery> taken) {
        Instant first = null;
        for (Delivery delivery : taken) {
            Instant ready = delivery.ready();
            if (ready == null) {
                return null;
            }
            first = first == null || ready.isBefore(first) ? ready : first;
        }
        Duration since = Duration.between(first, time.now());
        return since.compareTo(whole) > 0 ? whole : since.isNegative() ? Duration.ZERO : since;
    }
}
