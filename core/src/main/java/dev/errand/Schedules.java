package dev.errand;

import dev.errand.broker.Broker;
import dev.errand.broker.Capability;
import dev.errand.broker.ScheduleStore;
import dev.errand.broker.TaskStore;
import dev.errand.client.Declaration;
import dev.errand.client.EnvelopeFactory;
import dev.errand.client.ScheduleBook;
import dev.errand.client.TypeRegistry;
import dev.errand.schedule.Definition;
import dev.errand.schedule.Overlap;
import dev.errand.time.Time;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The stored schedules: look at them, make and change them, run one now. Thread-safe. Needs a broker with
 * {@link Capability#SCHEDULES}; on another one every method throws {@link CapabilityException}. Only workers fire schedules.
 */
public final class Schedules {
    private final Broker broker;
    private final TypeRegistry types;
    private final EnvelopeFactory envelopes;
    private final Time time;

    Schedules(Broker broker, TypeRegistry types, EnvelopeFactory envelopes, Time time) {
        this.broker = broker;
        this.types = types;
        this.envelopes = envelopes;
        this.time = time;
    }

    /** All of them, by name. */
    public List<ScheduleInfo> list() {
        return store().list().stream().map(ScheduleInfo::of).toList();
    }

    /** One of them. */
    public Optional<ScheduleInfo> find(String name) {
        return store().find(name).map(ScheduleInfo::of);
    }

    /**
     * Stores a new one, which fires from now on; false if there is one of that name.
     *
     * @throws ConfigurationException if none of its due times is ahead, or its type does not fit the others of that name
     * @throws CapabilityException if its type, or its waiting for the last task, needs what the broker cannot do
     */
    public boolean create(Schedule<?> schedule) {
        return book().create(ahead(declaration(schedule)));
    }

    /**
     * Stores a new one, or puts it into the place of the one of that name, whose history and pause stay. If the rule is another
     * one than before, no time before now is fired. A schedule that code declares goes back to that only when the code says
     * something else than it did before.
     *
     * @throws ConfigurationException if none of its due times is ahead, or its type does not fit the others of that name
     * @throws CapabilityException if its type, or its waiting for the last task, needs what the broker cannot do
     */
    public ScheduleInfo put(Schedule<?> schedule) {
        return ScheduleInfo.of(book().put(ahead(declaration(schedule))));
    }

    /** Code may go on to declare what has passed; whoever stores it now has made a mistake. */
    private Declaration ahead(Declaration declaration) {
        if (declaration.definition().rule().next(time.now()).isEmpty()) {
            throw new ConfigurationException("The schedule " + declaration.name() + " would never fire: its last time"
                    + " has passed (it is " + time.now() + "); give it one that is ahead");
        }
        return declaration;
    }

    /**
     * Changes what one does, such as {@code d -> d.withRule(…)}; as {@link #put} else. May call {@code change} more than once.
     *
     * @return as it is then; empty if there is none
     * @throws ConfigurationException if it cannot be read; put it anew
     */
    public Optional<ScheduleInfo> edit(String name, UnaryOperator<Definition> change) {
        return book().edit(name, definition -> checked(name, change.apply(definition)))
                .map(ScheduleInfo::of);
    }

    /**
     * Holds one back until it is resumed; false if there is none. Tasks that it has enqueued run all the same.
     *
     * @throws ConfigurationException if its record cannot be read; put it anew or delete it
     */
    public boolean pause(String name) {
        return book().pause(name, true);
    }

    /** Lets one go on; due times that have passed meanwhile are left out. False if there is none. */
    public boolean resume(String name) {
        return book().pause(name, false);
    }

    /** Removes one with its history; false if there is none. Tasks that it has enqueued stay. */
    public boolean delete(String name) {
        return store().delete(name);
    }

    /**
     * Enqueues a task of it at once, whether it is paused, due, or its last task has ended.
     *
     * @return the task, or the one that holds its unique key; empty if there is no such schedule
     * @throws ConfigurationException if it cannot be read; put it anew
     */
    public Optional<EnqueueResult> runNow(String name) {
        return book().runNow(name);
    }

    /** What became of its latest due times, newest first, at most {@link ScheduleStore#MAX_RUNS}. */
    public List<ScheduleStore.Run> runs(String name, int limit) {
        return store().runs(name, Math.clamp(limit, 0, ScheduleStore.MAX_RUNS));
    }

    /**
     * Its next due times, without jitter, at most {@code count}, 1 to 1,000; none if there is no such schedule.
     *
     * @throws InvalidTaskException if the count is out of range
     */
    public List<Instant> next(String name, int count) {
        if (count < 1 || count > 1_000) {
            throw new InvalidTaskException("The number of due times " + count + " is out of range; give 1 to 1000");
        }
        Definition definition = find(name).map(ScheduleInfo::definition).orElse(null);
        return definition == null ? List.of() : definition.rule().next(time.now(), count);
    }

    /** None, if one of them is refused. */
    void declare(Collection<Schedule<?>> schedules) {
        List<Declaration> declarations =
                schedules.stream().map(this::declaration).toList();
        declarations.forEach(declaration -> book().declare(declaration));
    }

    private Declaration declaration(Schedule<?> schedule) {
        types.check(schedule.type().spec());
        Declaration declaration = schedule.declaration(envelopes);
        checked(schedule.name(), declaration.definition());
        return declaration;
    }

    private Definition checked(String name, Definition definition) {
        if (definition.overlap() != Overlap.ALLOW) {
            TypeRegistry.require(
                    broker,
                    Set.of(Capability.FIND),
                    "The schedule " + name + ", which is to wait for the end of its last task,");
        }
        return definition;
    }

    private ScheduleBook book() {
        Optional<TaskStore> tasks = broker.extension(TaskStore.class);
        return new ScheduleBook(
                store(),
                id -> tasks.flatMap(t -> t.find(id))
                        .map(info -> !info.state().ended())
                        .orElse(false),
                time);
    }

    private ScheduleStore store() {
        TypeRegistry.require(broker, Set.of(Capability.SCHEDULES), "A schedule");
        return broker.extension(ScheduleStore.class)
                .orElseThrow(() -> new CapabilityException("The broker "
                        + broker.profile().name() + " has no store of schedules; use one that has (sqlite:, memory:)"));
    }
}
