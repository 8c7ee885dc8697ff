package dev.errand.worker;

import dev.errand.Notice;
import dev.errand.TaskId;
import dev.errand.broker.Intake;
import dev.errand.broker.Lease;
import dev.errand.broker.Renewal;
import dev.errand.notices.Notices;
import dev.errand.time.Time;
import dev.errand.worker.Attempt.Stop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows every lease that the worker holds (of what waits, runs, and is being settled) and renews them all in one call each
 * third of the lease time, from a thread of its own. An attempt whose lease the broker calls lost is interrupted; so is one
 * whose lease has run out by our own clock because the broker could not be reached: another worker may be running it by then.
 * The call is the worker's heartbeat, too, and so made also when there is nothing to renew.
 */
final class LeaseKeeper {
    private static final Logger log = LoggerFactory.getLogger(LeaseKeeper.class);

    private final Intake intake;
    private final Time time;
    private final Suspects suspects;
    private final Duration lease;
    private final BiConsumer<Attempt, Stop> onStop;
    private final Map<Lease, Attempt> held = new ConcurrentHashMap<>();
    private final @Nullable Notices notices;
    private final Loop loop;

    LeaseKeeper(
            Intake intake,
            Time time,
            Outage outage,
            Duration lease,
            Suspects suspects,
            @Nullable Notices notices,
            BiConsumer<Attempt, Stop> onStop) {
        this.suspects = suspects;
        this.intake = intake;
        this.time = time;
        this.lease = lease;
        this.notices = notices;
        this.onStop = onStop;
        this.loop = new Loop("leases", time, outage, this::renewAll);
    }

    void start() {
        loop.start();
    }

    void hold(Attempt attempt) {
        suspects.hold(attempt);
        held.put(attempt.lease(), attempt);
    }

    void forget(Attempt attempt) {
        held.remove(attempt.lease());
        suspects.letGo(attempt);
    }

    List<Attempt> all() {
        return List.copyOf(held.values());
    }

    @Nullable
    Attempt find(Lease lost) {
        return held.get(lost);
    }

    List<Attempt> find(TaskId task) {
        return held.values().stream().filter(a -> a.lease().task().equals(task)).toList();
    }

    Loop loop() {
        return loop;
    }

    void stop() {
        loop.stop();
        loop.join(Duration.ofSeconds(5));
    }

    private Duration renewAll() {
        List<Attempt> attempts = new ArrayList<>(held.values());
        List<Lease> leases = new ArrayList<>(attempts.size());
        attempts.forEach(a -> leases.add(a.lease()));
        long asked = time.nanoTime();
        List<Renewal> answers;
        try {
            answers = notices == null
                    ? intake.renew(leases)
                    : notices.call(Notice.Call.RENEW, leases.size(), () -> intake.renew(leases));
        } catch (RuntimeException e) {
            giveUpExpired(attempts);
            throw e;
        }
        for (int i = 0; i < attempts.size(); i++) {
            Attempt attempt = attempts.get(i);
            switch (answers.get(i)) {
                case KEPT -> attempt.keptAt = asked;
                case CANCEL_REQUESTED -> {
                    attempt.keptAt = asked;
                    onStop.accept(attempt, Stop.CANCEL);
                }
                case LOST -> {
                    if (held.containsKey(attempt.lease())) {
                        onStop.accept(attempt, Stop.LOST);
                    }
                }
            }
        }
        return lease.dividedBy(3);
    }

    private void giveUpExpired(List<Attempt> attempts) {
        long now = time.nanoTime();
        for (Attempt attempt : attempts) {
            if (now - attempt.keptAt > lease.toNanos() && !attempt.told(Stop.LAPSED)) {
                TaskMdc.during(
                        attempt,
                        () -> log.warn(
                                "Task {} of type {}: its lease of {} has run out because the broker cannot be reached; its handler is interrupted",
                                attempt.envelope().id(),
                                attempt.envelope().type(),
                                lease));
                onStop.accept(attempt, Stop.LAPSED);
            }
        }
    }
}
