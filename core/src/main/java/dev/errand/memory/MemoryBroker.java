package dev.errand.memory;

import dev.errand.ConfigurationException;
import dev.errand.broker.Broker;
import dev.errand.broker.Capability;
import dev.errand.broker.Durability;
import dev.errand.broker.Envelope;
import dev.errand.broker.Intake;
import dev.errand.broker.Profile;
import dev.errand.broker.Receipt;
import dev.errand.broker.Signals;
import dev.errand.broker.WorkerSpec;
import dev.errand.time.Signal;
import dev.errand.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * A broker in the memory of this process, for tests and light use. It can do everything that a broker can, except that no
 * other process sees it, and it <b>loses every task with the process</b>: its durability is {@link Durability#NONE}.
 *
 * <p>It is bounded: beyond its limit of tasks (one million unless set otherwise) it refuses to store more. A unique key whose
 * time to live outlasts its task counts as a task.
 *
 * <p>Time comes from outside, so that a test with a {@link dev.errand.time.ManualTime} decides when a task falls due and when
 * a lease runs out. Several clients and workers of one process share a broker by being given the same object:
 *
 * {@snippet :
 * Broker broker = new MemoryBroker(Time.system(), RandomGenerator.getDefault());
 * }
 */
public final class MemoryBroker implements Broker {
    /** How many tasks it holds at most unless told otherwise. */
    public static final int DEFAULT_MAX_TASKS = 1_000_000;

    /** The most tasks stored under one hold of the lock, so that a huge batch does not keep workers waiting. */
    private static final int SLICE = 1_000;

    private static final Profile PROFILE = new Profile(
            "memory",
            EnumSet.complementOf(EnumSet.of(Capability.SHARED, Capability.EVENT_HISTORY)),
            Durability.NONE,
            Duration.ofMillis(1),
            Profile.DueClock.CLIENT,
            Optional.empty());

    private final Room room;
    private final RandomGenerator random;
    private final Set<Object> parts;

    /**
     * An empty broker for at most {@value #DEFAULT_MAX_TASKS} tasks.
     *
     * @param time decides what is due, and times every wait; stays the caller's to close
     * @param random for attempt tokens; thread-safe
     */
    public MemoryBroker(Time time, RandomGenerator random) {
        this(time, random, DEFAULT_MAX_TASKS);
    }

    /**
     * An empty broker.
     *
     * @param time decides what is due, and times every wait; stays the caller's to close
     * @param random for attempt tokens; thread-safe
     * @param maxTasks the most tasks that it holds, in whatever state
     */
    public MemoryBroker(Time time, RandomGenerator random, int maxTasks) {
        if (maxTasks < 1) {
            throw new ConfigurationException(
                    "A broker for " + maxTasks + " tasks cannot hold any; give max-tasks a limit of 1"
                            + " or more (by default " + DEFAULT_MAX_TASKS + ")");
        }
        this.room = new Room(time, maxTasks);
        this.random = random;
        MemoryStore store = new MemoryStore(room);
        this.parts = Set.of(
                store,
                new MemoryDeadLetters(room, store),
                new MemoryStats(room),
                new MemoryQueueControl(room),
                new MemoryRecords(room),
                new MemoryUpkeep(room),
                new MemorySchedules(room),
                new MemorySubscriptions(room),
                new MemoryRegistry(room));
    }

    @Override
    public Profile profile() {
        return PROFILE;
    }

    @Override
    public List<Receipt> enqueue(List<Envelope> tasks) {
        List<Receipt> receipts = new ArrayList<>(tasks.size());
        do {
            int from = receipts.size();
            List<Envelope> slice = tasks.subList(from, Math.min(tasks.size(), from + SLICE));
            room.run(all -> slice.forEach(task -> receipts.add(all.enqueue(task))));
        } while (receipts.size() < tasks.size());
        return receipts;
    }

    @Override
    public Intake open(WorkerSpec spec, Signals signals) {
        return room.with(tasks -> {
            Seat seat = new Seat(spec, signals, new Signal(room.time), tasks.now());
            tasks.seats.add(seat);
            spec.queues().keySet().forEach(tasks::serve);
            return new MemoryIntake(room, seat, random);
        });
    }

    @Override
    public <T> Optional<T> extension(Class<T> port) {
        return parts.stream().filter(port::isInstance).map(port::cast).findFirst();
    }

    /** Lets go of everything. Open intakes are closed with it; takes and waits that are blocked end. */
    @Override
    public void close() {
        room.close();
    }
}
