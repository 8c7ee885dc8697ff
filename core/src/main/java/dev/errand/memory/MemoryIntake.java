package dev.errand.memory;

import dev.errand.broker.Delivery;
import dev.errand.broker.History;
import dev.errand.broker.Intake;
import dev.errand.broker.Lease;
import dev.errand.broker.Outcome;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.broker.Renewal;
import dev.errand.broker.Settled;
import dev.errand.broker.TakeRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** One worker's intake. Takes block on the worker's own signal, outside the lock. */
final class MemoryIntake implements Intake {
    private static final Settled DONE = new Settled.Done();
    private static final Settled STALE = new Settled.Stale();

    private final Room room;
    private final Seat seat;
    private final RandomGenerator random;

    MemoryIntake(Room room, Seat seat, RandomGenerator random) {
        this.room = room;
        this.seat = seat;
        this.random = random;
    }

    @Override
    public List<Delivery> take(TakeRequest request) {
        Countdown wait = new Countdown(room.time, request.maxWait());
        boolean interrupted = false;
        try {
            while (true) {
                Duration left = wait.left();
                Optional<List<Delivery>> taken = room.with(tasks -> attempt(tasks, request, left.isPositive()));
                if (taken.isPresent()) {
                    return taken.get();
                }
                try {
                    seat.wake.await(left);
                } catch (InterruptedException e) {
                    interrupted = true; // and cuts nothing short
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What one look at the queues came to; empty: wait. */
    private Optional<List<Delivery>> attempt(Tasks tasks, TakeRequest request, boolean mayWait) {
        boolean nudged = seat.nudged.getAndSet(false);
        if (seat.stopped) {
            return leave(tasks, request, List.of());
        }
        TypeRoom types = new TypeRoom(request.typeRoom());
        List<Delivery> taken = takeNow(tasks, request, types);
        if (nudged || !mayWait || !taken.isEmpty()) {
            return leave(tasks, request, taken);
        }
        tasks.seats.startWaiting(seat, new Seat.Wish(request, types.full()));
        return Optional.empty();
    }

    private List<Delivery> takeNow(Tasks tasks, TakeRequest request, TypeRoom types) {
        List<Delivery> taken = new ArrayList<>();
        long nonce = random.nextLong();
        for (TakeRequest.Demand demand : request.demands()) {
            QueueLine line = tasks.queue(demand.queue());
            int left = Math.min(demand.max(), request.max() - taken.size());
            for (; line != null && line.paused == null && left > 0; left--) {
                Entry entry = tasks.leaseNext(line, types.full(), seat, nonce);
                if (entry == null || entry.token == null) {
                    break;
                }
                types.took(entry.envelope.type());
                taken.add(new Delivery(
                        entry.envelope, new Lease(entry.id(), line.name, entry.token), null, entry.readyBefore));
            }
        }
        return taken;
    }

    /** Whoever leaves passes on the wake that it may have got: what it leaves behind may be another's. */
    private Optional<List<Delivery>> leave(Tasks tasks, TakeRequest request, List<Delivery> taken) {
        tasks.seats.stopWaiting(seat);
        if (tasks.seats.anyWaiting()) {
            for (TakeRequest.Demand demand : request.demands()) {
                QueueLine line = tasks.queue(demand.queue());
                if (line != null) {
                    tasks.stir(line);
                }
            }
        }
        return Optional.of(taken);
    }

    @Override
    public void nudge() {
        seat.nudged.set(true);
        seat.wake.raise();
    }

    @Override
    public void stopTaking() {
        room.run(tasks -> {
            seat.stopped = true;
            seat.wake.raise();
        });
    }

    @Override
    public List<Settled> settle(List<Outcome> outcomes) {
        return room.with(tasks -> {
            List<Settled> answers = new ArrayList<>(outcomes.size());
            for (Outcome outcome : outcomes) {
                answers.add(settle(tasks, outcome));
            }
            return answers;
        });
    }

    private static Settled settle(Tasks tasks, Outcome outcome) {
        Entry entry = tasks.find(outcome.lease().task());
        if (entry == null || !entry.isHeldBy(outcome.lease().token())) {
            return STALE;
        }
        History history = outcome.envelope().history();
        if (!history.equals(entry.envelope.history())) {
            entry.envelope = entry.envelope.withHistory(history);
        }
        switch (outcome.verdict()) {
            case Verdict.Complete done -> tasks.complete(entry, done.result(), done.retention());
            case Verdict.Dead dead -> tasks.kill(entry, dead.cause(), dead.reason());
            case Verdict.Cancel cancel -> {
                if (!tasks.cancelledOnRequest(entry)) {
                    tasks.cancel(entry, cancel.reason(), cancel.retention());
                }
            }
            case Verdict.Retry retry -> {
                if (!tasks.cancelledOnRequest(entry)) {
                    tasks.retry(entry, retry.delay(), false, null);
                }
            }
            case Verdict.Release release -> giveBack(tasks, entry, release.delay(), release.reason());
        }
        return DONE;
    }

    private static void giveBack(Tasks tasks, Entry entry, Duration delay, String reason) {
        if (!tasks.cancelledOnRequest(entry)) {
            tasks.retry(entry, delay, true, reason);
        }
    }

    @Override
    public List<Renewal> renew(Collection<Lease> leases) {
        return room.with(tasks -> {
            seat.seen = tasks.now();
            List<Renewal> answers = new ArrayList<>(leases.size());
            for (Lease lease : leases) {
                answers.add(renew(tasks, lease));
            }
            return answers;
        });
    }

    private static Renewal renew(Tasks tasks, Lease lease) {
        Entry entry = tasks.find(lease.task());
        if (entry == null || !entry.isHeldBy(lease.token())) {
            return Renewal.LOST;
        }
        tasks.renew(entry);
        return entry.cancelRequest == null ? Renewal.KEPT : Renewal.CANCEL_REQUESTED;
    }

    @Override
    public void close() {
        room.runUnlessClosed(tasks -> {
            seat.stopped = true;
            // The last taken first, so that the first taken ends up before it.
            for (Entry held = seat.leases.last(); held != null; held = seat.leases.last()) {
                giveBack(tasks, held, Duration.ZERO, "its worker was closed");
            }
            tasks.seats.remove(seat);
            seat.wake.raise();
        });
    }
}
