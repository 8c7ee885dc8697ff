package dev.errand.nats;

import dev.errand.broker.Lease;
import dev.errand.time.Time;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A message that an attempt holds. It is <i>fresh</i> while the server cannot have given it to somebody else, by the time since
 * it last said yes; otherwise whoever wants to do something with it has to look first.
 */
final class HeldTask {
    private final Time time;
    private final Lease lease;
    private final Line line;
    private final Stored message;
    private final @Nullable String acknowledge;
    private final boolean own;
    private final long takes;
    private volatile long wantedUntil;
    private volatile long keptUntil;
    private volatile long lookedAt;
    private volatile boolean lost;

    /**
     * Begins now.
     *
     * @param own whether a client of ours wrote the message
     * @param takes the number of this attempt's token
     */
    HeldTask(
            Time time,
            Lease lease,
            Line line,
            Stored message,
            @Nullable String acknowledge,
            boolean own,
            long takes,
            Duration wanted) {
        this.time = time;
        this.lease = lease;
        this.line = line;
        this.message = message;
        this.acknowledge = acknowledge;
        this.own = own;
        this.takes = takes;
        long now = time.nanoTime();
        this.lookedAt = now;
        this.wantedUntil = now + wanted.toNanos();
        this.keptUntil = now + line.ackWait().toNanos();
    }

    Lease lease() {
        return lease;
    }

    Line line() {
        return line;
    }

    Stored message() {
        return message;
    }

    String acknowledge() {
        if (acknowledge == null) {
            throw new IllegalStateException("the message has no subject to acknowledge it");
        }
        return acknowledge;
    }

    boolean own() {
        return own;
    }

    long takes() {
        return takes;
    }

    /** Whether the engine has asked for it to be kept, lately enough. */
    boolean isWanted() {
        return !lost && time.nanoTime() - wantedUntil < 0;
    }

    void want(Duration lease) {
        wantedUntil = time.nanoTime() + lease.toNanos();
    }

    boolean isFresh() {
        return !lost && time.nanoTime() - keptUntil < 0;
    }

    /** The server has confirmed what was asked at that time. */
    void keptSince(long asked) {
        keptUntil = asked + line.ackWait().toNanos();
    }

    /** Since when nobody has looked whether it is still there, at first since it came. */
    Duration unseen() {
        return Duration.ofNanos(time.nanoTime() - lookedAt);
    }

    /** Somebody has looked. */
    void seen() {
        lookedAt = time.nanoTime();
    }

    void lose() {
        lost = true;
    }

    boolean isLost() {
        return lost;
    }
}
