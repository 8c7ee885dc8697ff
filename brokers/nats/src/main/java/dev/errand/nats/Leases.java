package dev.errand.nats;

import dev.errand.ErrandException;
import dev.errand.time.Signal;
import io.nats.client.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what the workers of this process hold, on a thread of its own: every third of the time that the server gives a
 * delivery it says that the message is worked on, for as long as the engine wants it, and looks whether it is still there. It
 * also sends back what has been lying about.
 */
final class Leases implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Leases.class);
    private static final Duration TICK = Duration.ofMillis(250);

    private record Kept(NatsIntake intake, HeldTask task, Future<Message> renewed, long asked) {}

    private final Parts parts;
    private final Supplier<Collection<NatsIntake>> intakes;
    private final Signal stop;
    private final Thread thread;
    private volatile boolean stopped;

    Leases(Parts parts, Supplier<Collection<NatsIntake>> intakes) {
        this.parts = parts;
        this.intakes = intakes;
        this.stop = new Signal(parts.time());
        this.thread = Thread.ofPlatform().daemon().name("errand-nats-leases").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        long renewed = parts.time().nanoTime();
        long third = parts.options().lease().toNanos() / 3;
        while (!stopped) {
            try {
                long now = parts.time().nanoTime();
                if (now - renewed >= third) {
                    renewed = now;
                    renew();
                }
                intakes.get().forEach(NatsIntake::giveBackForgotten);
            } catch (ErrandException e) {
                log.debug("The leases could not be renewed; tried again", e);
            } catch (RuntimeException e) {
                log.warn("The leases could not be renewed; tried again", e);
            }
            rest();
        }
    }

    private void rest() {
        try {
            stop.await(TICK);
        } catch (InterruptedException e) {
            log.debug("Interrupted by nobody of ours; going on", e);
        }
    }

    private void renew() {
        List<Kept> all = new ArrayList<>();
        for (NatsIntake intake : intakes.get()) {
            for (HeldTask task : intake.held()) {
                if (task.isWanted()) {
                    long asked = parts.time().nanoTime();
                    all.add(new Kept(intake, task, parts.renew(task.acknowledge()), asked));
                }
            }
        }
        Link.Deadline deadline = parts.link().deadline();
        for (Kept kept : all) {
            parts.link().await(kept.renewed, deadline);
        }
        // The server answers for messages, too, that are not there or not ours any more; only a look tells.
        List<Kept> looked = new ArrayList<>();
        for (Kept kept : all) {
            if (kept.task.isFresh()
                    && kept.task.unseen().compareTo(kept.task.line().ackWait()) < 0) {
                kept.task.keptSince(kept.asked);
            } else {
                looked.add(kept);
            }
        }
        look(looked);
    }

    private void look(List<Kept> all) {
        List<Boolean> ours =
                Settling.areOurs(parts, all.stream().map(Kept::task).toList());
        for (int i = 0; i < all.size(); i++) {
            Kept kept = all.get(i);
            if (ours.get(i)) {
                kept.task.seen();
                kept.task.keptSince(kept.asked);
            } else if (kept.intake.held().contains(kept.task)) {
                kept.task.lose();
                kept.intake.signals().lost(kept.task.lease());
            }
        }
    }

    @Override
    public void close() {
        stopped = true;
        stop.raise();
        join(thread);
    }

    /** Waits for the end of a thread that has been told to stop; an interrupt is kept. */
    static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join(Duration.ofSeconds(10));
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
