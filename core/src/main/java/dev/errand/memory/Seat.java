package dev.errand.memory;

import dev.errand.broker.Signals;
import dev.errand.broker.TakeRequest;
import dev.errand.broker.WorkerSpec;
import dev.errand.time.Signal;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One registered worker. Touched under the broker's lock, but for what is final. */
final class Seat {
    /** What a blocked take is waiting for: anything of its request but the types that it has no room for. */
    record Wish(TakeRequest request, Set<String> fullTypes) {}

    final WorkerSpec spec;
    final Signals signals;
    /** Raised when its blocked take should look again. */
    final Signal wake;
    /** What it holds. In the order in which the leases run out, as they all last equally long. */
    final Chain leases = new Chain();

    Instant seen;
    /** Whether it takes nothing any more. */
    boolean stopped;
    /** What its blocked take is waiting for; null while none is blocked, or it has been woken. */
    @Nullable
    Wish wish;
    /** Whether its blocked take, or else its next one, is to return without waiting. */
    final AtomicBoolean nudged = new AtomicBoolean();

    Seat(WorkerSpec spec, Signals signals, Signal wake, Instant now) {
        this.spec = spec;
        this.signals = signals;
        this.wake = wake;
        this.seen = now;
    }

    /** How many tasks of the queue its blocked take would take now, at most; 0 if none. */
    int appetite(QueueLine line) {
        Wish now = wish;
        if (now == null || !line.ready.offers(now.fullTypes())) {
            return 0;
        }
        for (TakeRequest.Demand demand : now.request().demands()) {
            if (demand.queue().equals(line.name)) {
                return Math.min(demand.max(), now.request().max());
            }
        }
        return 0;
    }
}
