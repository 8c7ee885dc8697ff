package dev.errand.bench.soak;

import dev.errand.bench.process.Child;
import dev.errand.bench.soak.Incident.What;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The worker processes, each on a seat that gets a new one when it is gone, and the record of what was done to them. Seats are
 * changed by one thread; the record may be read by any.
 */
final class Crew implements AutoCloseable {
    static final List<String> SMALL = List.of(
            "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx128m", "-Dlogback.configurationFile=soak-logback.xml");
    private static final Duration GRACE = Duration.ofSeconds(40);

    private static final class Seat {
        private volatile Child child;
        private volatile boolean illTreated;
        private int started = 1;

        private Seat(Child first) {
            this.child = first;
        }
    }

    private final String url;
    private final Path folder;
    private final List<Seat> seats = new ArrayList<>();
    private final List<Incident> incidents = new CopyOnWriteArrayList<>();
    private final Map<String, Duration> leases = new ConcurrentHashMap<>();

    Crew(String url, Path folder) {
        this.url = url;
        this.folder = folder;
    }

    /** One more worker. */
    void add(Duration lease) throws IOException {
        seats.add(new Seat(start("worker-" + (seats.size() + 1) + "-1", lease)));
    }

    /** A new worker on a seat whose last one has ended. */
    void replace(int index, Duration lease) throws IOException {
        Seat seat = seats.get(index);
        seat.started++;
        seat.child = start("worker-" + (index + 1) + "-" + seat.started, lease);
        seat.illTreated = false;
    }

    private Child start(String name, Duration lease) throws IOException {
        leases.put(name, lease);
        return Child.start(
                name,
                folder,
                SMALL,
                SoakWorker.class,
                List.of(
                        url,
                        folder.resolve(name + JournalReader.SUFFIX).toString(),
                        lease.toString(),
                        Integer.toString(SoakPlan.CONCURRENCY)));
    }

    int size() {
        return seats.size();
    }

    String name(int index) {
        return seats.get(index).child.name();
    }

    Duration lease(int index) {
        return leases.getOrDefault(name(index), SoakPlan.LONG_LEASE);
    }

    void kill(int index) throws InterruptedException {
        Child child = illTreat(index);
        long from = Line.now();
        child.kill();
        incidents.add(new Incident(What.KILLED, child.name(), from, Line.now()));
    }

    /** Stops it, waits, and lets it go on, or kills it instead. */
    void stop(int index, Pause pause, Duration time, boolean killAfterwards) throws IOException, InterruptedException {
        Seat seat = seats.get(index);
        Child child = illTreat(index);
        long from = Line.now();
        child.freeze();
        try {
            pause.await(time);
        } finally {
            if (killAfterwards) {
                kill(index);
            } else {
                child.thaw();
                seat.illTreated = false;
            }
            incidents.add(new Incident(What.STOPPED, child.name(), from, Line.now()));
        }
    }

    /** Asks it to end, and kills it if it does not. */
    void end(int index) throws InterruptedException {
        Child child = illTreat(index);
        long from = Line.now();
        child.terminate();
        if (child.awaitEnd(GRACE)) {
            incidents.add(new Incident(What.RESTARTED, child.name(), from, Line.now()));
        } else {
            kill(index);
        }
    }

    void brokerKilled(long from, long to) {
        incidents.add(new Incident(What.BROKER_KILLED, "broker", from, to));
    }

    private Child illTreat(int index) {
        Seat seat = seats.get(index);
        seat.illTreated = true;
        return seat.child;
    }

    /** Throws if a worker has ended that nobody has ended. */
    void requireAlive() throws IOException {
        for (Seat seat : seats) {
            // The flag first: it is raised before the worker is ended.
            boolean alive = seat.child.alive();
            if (!alive && !seat.illTreated) {
                throw seat.child.trouble("has ended, though nobody ended it");
            }
        }
    }

    /** Asks all to end in good order, when nothing is left to run. */
    void endAll() throws IOException, InterruptedException {
        for (Seat seat : seats) {
            seat.child.endInput();
        }
        for (Seat seat : seats) {
            if (!seat.child.awaitEnd(GRACE)) {
                throw seat.child.trouble("does not end");
            }
        }
    }

    List<Incident> incidents() {
        return List.copyOf(incidents);
    }

    Map<String, Duration> leases() {
        return Map.copyOf(leases);
    }

    @Override
    public void close() {
        seats.forEach(seat -> seat.child.close());
    }
}
