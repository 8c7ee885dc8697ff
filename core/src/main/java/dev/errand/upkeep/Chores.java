package dev.errand.upkeep;

import dev.errand.Defaults;
import dev.errand.Notice;
import dev.errand.broker.Upkeep;
import dev.errand.broker.Upkeep.DeadLetterLimits;
import dev.errand.notices.Notices;
import dev.errand.time.Time;
import dev.errand.worker.Loop;
import dev.errand.worker.Outage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The three chores of a passive store, each on a thread of its own so that none delays another: the timekeeper makes due
 * tasks ready and sleeps until the next one is due; the recoverer takes back what dead or stalled workers held, about every
 * second; the janitor applies retention, in slices. Every worker does them; the broker sees to it that they do not get into
 * each other's way.
 */
public final class Chores {
    private static final Logger log = LoggerFactory.getLogger(Chores.class);
    private static final int SLICE = 1_000;
    private static final Duration DUE_SAFETY_NET = Duration.ofSeconds(30);
    private static final Duration RECOVER_EVERY = Duration.ofSeconds(1);
    private static final Duration PRUNE_EVERY = Duration.ofSeconds(30);
    private static final DeadLetterLimits LIMITS =
            new DeadLetterLimits(Defaults.DEAD_LETTER_AGE, Defaults.DEAD_LETTERS_PER_QUEUE);

    private final Upkeep upkeep;
    private final Time time;
    private final RandomGenerator random;
    private final @Nullable Notices notices;
    private final ClockJump clockJump;
    private final Loop timekeeper;
    private final Loop recoverer;
    private final Loop janitor;

    /** Not started yet; {@code notices} is null if nobody listens. */
    public Chores(Upkeep upkeep, Time time, RandomGenerator random, Outage outage, @Nullable Notices notices) {
        this.upkeep = upkeep;
        this.time = time;
        this.random = random;
        this.notices = notices;
        this.clockJump = new ClockJump(time, Defaults.LEASE);
        this.timekeeper = Loop.byTheClock("timekeeper", time, outage, this::promote);
        this.recoverer = new Loop("recoverer", time, outage, this::recover);
        this.janitor = new Loop("janitor", time, outage, this::prune);
    }

    /** Starts the threads. */
    public void start() {
        loops().forEach(Loop::start);
    }

    /** Something may be due earlier than was known. */
    public void dueChanged() {
        timekeeper.wake();
    }

    /** Stops the threads and waits for them, at most about five seconds. */
    public void stop() {
        loops().forEach(Loop::stop);
        loops().forEach(loop -> loop.join(Duration.ofSeconds(5)));
    }

    /** The threads. */
    public List<Loop> loops() {
        return List.of(timekeeper, recoverer, janitor);
    }

    private Duration promote() {
        Instant now = time.now();
        Upkeep.Due due = upkeep.promote(SLICE);
        if (due.promoted() >= SLICE) {
            return Duration.ZERO;
        }
        Duration left = due.next().map(next -> Duration.between(now, next)).orElse(DUE_SAFETY_NET);
        return left.compareTo(DUE_SAFETY_NET) > 0 ? DUE_SAFETY_NET : left;
    }

    private Duration recover() {
        if (clockJump.sparesLeases()) {
            return jittered(RECOVER_EVERY);
        }
        int recovered = upkeep.recover(SLICE);
        if (recovered > 0) {
            log.warn("{} tasks of dead or stalled workers are ready again", recovered);
            tell(new Notice.Recovered(recovered));
        }
        return recovered >= SLICE ? Duration.ZERO : jittered(RECOVER_EVERY);
    }

    private Duration prune() {
        Upkeep.Pruned pruned = upkeep.prune(LIMITS, SLICE);
        if (pruned.dead() > 0) {
            log.warn(
                    "{} dead letters were dropped: older than {} days, or beyond {} in their queue",
                    pruned.dead(),
                    LIMITS.age().toDays(),
                    LIMITS.perQueue());
            tell(new Notice.DeadLettersDropped(pruned.dead()));
        }
        return pruned.ended() + pruned.dead() >= SLICE ? Duration.ofMillis(50) : jittered(PRUNE_EVERY);
    }

    private void tell(Notice notice) {
        if (notices != null) {
            notices.tell(notice);
        }
    }

    private Duration jittered(Duration period) {
        return Duration.ofNanos((long) (period.toNanos() * (0.8 + 0.4 * random.nextDouble())));
    }
}
