package dev.errand.redis;

import dev.errand.BrokerClosedException;
import dev.errand.BrokerUnavailableException;
import dev.errand.ErrandException;
import dev.errand.TaskId;
import dev.errand.broker.Envelope;
import dev.errand.broker.Receipt;
import dev.errand.broker.ScheduleStore;
import io.lettuce.core.KeyValue;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The schedules, in a slot of their own. Tasks are in the slots of their queues, so that a firing is written down with the
 * schedule's new version, in one step, before its tasks are stored: whoever comes by finishes what a process has left half done,
 * and each task of a firing is stored once.
 */
final class RedisSchedules implements ScheduleStore {
    private static final Logger log = LoggerFactory.getLogger(RedisSchedules.class);
    private static final byte[] NAMES = Keys.bytes(Keys.SCHEDULES + "names");
    private static final byte[] DUE = Keys.bytes(Keys.SCHEDULES + "due");
    private static final byte[] WAITING = Keys.bytes(Keys.SCHEDULES + "waiting");
    private static final byte[] FIRING = Keys.bytes(Keys.SCHEDULES + "firing");
    private static final byte[] RECORD_FIELD = Keys.bytes("record");
    private static final byte[] VERSION_FIELD = Keys.bytes("version");
    private static final byte[] FIRING_FIELD = Keys.bytes("firing");
    private static final byte[] LAST_FIELD = Keys.bytes("last");
    private static final int ANOTHER_VERSION = -1;

    private final Link link;
    private final dev.errand.time.Time time;
    private final Enqueueing enqueueing;
    private final ShownSchedules shown;

    RedisSchedules(Link link, dev.errand.time.Time time, Enqueueing enqueueing, ShownSchedules shown) {
        this.link = link;
        this.time = time;
        this.enqueueing = enqueueing;
        this.shown = shown;
    }

    /**
     * A schedule as its hash has it.
     *
     * @param firing what is not finished, or empty
     * @param last when it last enqueued a task; null: never
     */
    record Row(Stored stored, byte[] firing, @Nullable Instant last) {}

    // ---- reading

    @Override
    public List<Stored> list() {
        return rows().stream().map(Row::stored).toList();
    }

    /** All of them, by name. */
    List<Row> rows() {
        Set<String> names = new TreeSet<>();
        link.call(c -> c.smembers(NAMES)).forEach(name -> names.add(Keys.text(name)));
        return rows(names);
    }

    private List<Row> rows(Collection<String> names) {
        var connection = link.connection();
        Map<String, CompletableFuture<List<KeyValue<byte[], byte[]>>>> answers = new LinkedHashMap<>();
        for (String name : names) {
            answers.put(
                    name,
                    connection
                            .async()
                            .hmget(key(name), RECORD_FIELD, VERSION_FIELD, FIRING_FIELD, LAST_FIELD)
                            .toCompletableFuture());
        }
        List<Row> rows = new ArrayList<>();
        answers.forEach((name, answer) -> {
            List<KeyValue<byte[], byte[]>> fields = link.await(connection, answer);
            if (fields.get(0).hasValue()) {
                long version = Long.parseLong(Keys.text(fields.get(1).getValue()));
                rows.add(new Row(
                        decode(name, fields.get(0).getValue(), version),
                        fields.get(2).getValueOrElse(Arguments.EMPTY),
                        fields.get(3).hasValue()
                                ? Instant.ofEpochMilli(
                                        Long.parseLong(Keys.text(fields.get(3).getValue())))
                                : null));
            }
        });
        return rows;
    }

    private static Stored decode(String name, byte[] record, long version) {
        try {
            return ScheduleBytes.decode(name, record, version);
        } catch (RuntimeException e) {
            return Stored.damaged(name, null, e.getMessage(), version);
        }
    }

    private static byte[] key(String name) {
        return Keys.bytes(Keys.SCHEDULES + "s:" + name);
    }

    private static byte[] runsKey(String name) {
        return Keys.bytes(Keys.SCHEDULES + "runs:" + name);
    }

    @Override
    public Optional<Stored> find(String name) {
        return rows(List.of(name)).stream().findFirst().map(Row::stored);
    }

    @Override
    public Optional<Instant> nextDue(Instant after) {
        Range<Long> later =
                Range.from(Range.Boundary.excluding(Messages.millis(after)), Range.Boundary.<Long>unbounded());
        return link.call(c -> c.zrangebyscoreWithScores(DUE, later, Limit.create(0, 1))).stream()
                .findFirst()
                .map(first -> Instant.ofEpochMilli((long) first.getScore()));
    }

    @Override
    public List<Stored> due(Instant now, int max) {
        finishAll();
        Range<Long> past = Range.from(Range.Boundary.<Long>unbounded(), Range.Boundary.including(Messages.millis(now)));
        Set<String> names = new LinkedHashSet<>();
        link.call(c -> c.zrangebyscore(DUE, past, Limit.create(0, max))).forEach(name -> names.add(Keys.text(name)));
        link.call(c -> c.smembers(WAITING)).forEach(name -> names.add(Keys.text(name)));
        return rows(names).stream()
                .map(Row::stored)
                .filter(stored -> stored.isDamaged() || (!stored.paused() && isDue(stored, now)))
                .sorted(Comparator.comparing(Stored::due, Comparator.nullsLast(Comparator.naturalOrder())))
                .limit(max)
                .toList();
    }

    private static boolean isDue(Stored stored, Instant now) {
        Instant due = stored.due();
        return !stored.waiting().isEmpty() || (due != null && !due.isAfter(now));
    }

    @Override
    public List<Run> runs(String name, int limit) {
        rows(List.of(name)).forEach(this::finish);
        if (limit < 1) {
            return List.of();
        }
        return link.call(c -> c.lrange(runsKey(name), 0, limit - 1L)).stream()
                .map(ScheduleBytes::decodeRun)
                .toList();
    }

    // ---- changing

    @Override
    public boolean put(Stored next, long expected) {
        while (true) {
            List<?> answer = put(next, expected, Arguments.EMPTY, List.of());
            long version = (Long) answer.getFirst();
            if (version != 0) {
                shown.changed();
                return version != ANOTHER_VERSION;
            }
            finish(next.name(), answer);
        }
    }

    private List<?> put(Stored next, long expected, byte[] firing, List<Run> runs) {
        return link.runAll(List.of(putting(next, expected, firing, runs))).getFirst();
    }

    private Link.Run putting(Stored next, long expected, byte[] firing, List<Run> runs) {
        Instant due = next.due();
        Arguments arguments = now().add(next.name())
                .add(expected)
                .add(ScheduleBytes.encode(next))
                .add(due == null || next.paused() ? "" : Long.toString(Messages.millis(due)))
                .add(next.paused() || next.waiting().isEmpty() ? "" : "1")
                .add(firing);
        runs.forEach(run -> arguments.add(ScheduleBytes.encode(run)));
        return onSchedules(Script.PUTSCHEDULE, arguments);
    }

    @Override
    public boolean delete(String name) {
        while (true) {
            List<?> answer = run(Script.DROPSCHEDULE, now().add(name));
            long what = (Long) answer.getFirst();
            if (what != 0) {
                shown.forget(name);
                return what == 1;
            }
            finish(name, answer);
        }
    }

    @Override
    public Optional<List<Receipt>> advance(Stored next, long expected, List<Envelope> tasks, List<Run> runs) {
        if (expected == 0) {
            return Optional.empty();
        }
        ScheduleBytes.Firing firing = new ScheduleBytes.Firing(tasks, runs);
        while (true) {
            List<?> answer = tasks.isEmpty()
                    ? put(next, expected, Arguments.EMPTY, runs)
                    : put(next, expected, firing.encode(), List.of());
            long version = (Long) answer.getFirst();
            if (version == ANOTHER_VERSION) {
                return Optional.empty();
            }
            if (version != 0) {
                return Optional.of(tasks.isEmpty() ? List.of() : finish(new Begun(next.name(), version, firing)));
            }
            finish(next.name(), answer);
        }
    }

    /** With three round trips for all, and one for each to show it. */
    @Override
    public List<Advanced> advance(List<Advance> steps) {
        try {
            return advanceTogether(steps);
        } catch (BrokerUnavailableException | BrokerClosedException e) {
            throw e;
        } catch (ErrandException e) {
            log.debug("Several schedules cannot be fired together: {}", e.getMessage());
            return ScheduleStore.super.advance(steps); // what is stored already is somebody's firing to be finished
        }
    }

    private List<Advanced> advanceTogether(List<Advance> steps) {
        List<ScheduleBytes.Firing> firings = steps.stream()
                .map(step -> new ScheduleBytes.Firing(step.tasks(), step.runs()))
                .toList();
        List<Link.Run> puts = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            Advance step = steps.get(i);
            boolean plain = step.tasks().isEmpty();
            long expected = step.expected() == 0 ? ANOTHER_VERSION : step.expected(); // a 0 would create one
            puts.add(putting(
                    step.next(),
                    expected,
                    plain ? Arguments.EMPTY : firings.get(i).encode(),
                    plain ? step.runs() : List.of()));
        }
        List<List<?>> answers = link.runAll(puts);
        List<Begun> begun = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            long version = (Long) answers.get(i).getFirst();
            if (version > 0 && !steps.get(i).tasks().isEmpty()) {
                begun.add(new Begun(steps.get(i).next().name(), version, firings.get(i)));
            }
        }
        Iterator<List<Receipt>> receipts = finishAll(begun).iterator();
        List<Advanced> all = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            long version = (Long) answers.get(i).getFirst();
            if (version == 0) {
                all.addAll(ScheduleStore.super.advance(steps.subList(i, i + 1))); // finishes the one before first
            } else if (version == ANOTHER_VERSION) {
                all.add(new Advanced.Superseded());
            } else {
                all.add(new Advanced.Done(steps.get(i).tasks().isEmpty() ? List.of() : receipts.next()));
            }
        }
        return all;
    }

    // ---- finishing what was begun

    /** A firing that is written down, and whose tasks are to be stored. */
    private record Begun(String name, long version, ScheduleBytes.Firing firing) {
        /** Whoever finishes it stores each task once under this name. */
        String once() {
            return "s" + version;
        }
    }

    /** The receipts of each. */
    private List<List<Receipt>> finishAll(List<Begun> begun) {
        List<Envelope> tasks = new ArrayList<>();
        List<String> once = new ArrayList<>();
        for (Begun each : begun) {
            tasks.addAll(each.firing.tasks());
            once.addAll(Collections.nCopies(each.firing.tasks().size(), each.once()));
        }
        Iterator<Receipt> receipts = enqueueing.enqueueOnce(tasks, once).iterator();
        List<List<Receipt>> all = new ArrayList<>();
        List<Fired> fired = new ArrayList<>();
        for (Begun each : begun) {
            List<Receipt> own = new ArrayList<>();
            each.firing.tasks().forEach(task -> own.add(receipts.next()));
            all.add(own);
            fired.add(fired(each, own));
        }
        List<List<?>> answers = link.runAll(fired.stream().map(Fired::run).toList());
        for (int i = 0; i < answers.size(); i++) {
            if ((Long) answers.get(i).getFirst() == 1) {
                shown.enqueued(begun.get(i).name, fired.get(i).enqueued());
            }
        }
        return all;
    }

    private void finishAll() {
        Set<String> names = new TreeSet<>();
        link.call(c -> c.smembers(FIRING)).forEach(name -> names.add(Keys.text(name)));
        for (Row row : rows(names)) {
            try {
                finish(row);
            } catch (BrokerUnavailableException | BrokerClosedException e) {
                throw e;
            } catch (ErrandException e) {
                log.warn("The tasks of the schedule {} cannot be stored now: {}", row.stored.name(), e.getMessage());
            }
        }
    }

    private void finish(Row row) {
        if (row.firing.length > 0) {
            finish(new Begun(
                    row.stored.name(), row.stored.version(), ScheduleBytes.Firing.decode(row.firing, time.now())));
        }
    }

    /** From a script's answer: 0, the firing, the version. */
    private void finish(String name, List<?> answer) {
        finish(new Begun(
                name,
                Long.parseLong(Keys.text((byte[]) answer.get(2))),
                ScheduleBytes.Firing.decode((byte[]) answer.get(1), time.now())));
    }

    private List<Receipt> finish(Begun begun) {
        return finishAll(List.of(begun)).getFirst();
    }

    /** How it is written down that a firing is finished, and the runs that have enqueued a task. */
    private record Fired(Link.Run run, List<Run> enqueued) {}

    private Fired fired(Begun begun, List<Receipt> receipts) {
        ScheduleBytes.Firing firing = begun.firing;
        Map<TaskId, TaskId> duplicates = new HashMap<>();
        for (int i = 0; i < receipts.size(); i++) {
            if (receipts.get(i) instanceof Receipt.Duplicate duplicate) {
                duplicates.put(firing.tasks().get(i).id(), duplicate.existing());
            }
        }
        List<Run> told = firing.runs().stream()
                .map(run -> told(run, run.task() == null ? null : duplicates.get(run.task())))
                .toList();
        List<Run> enqueued = told.stream()
                .filter(run -> run.result() == Result.ENQUEUED || run.result() == Result.ENQUEUED_BY_HAND)
                .toList();
        Arguments arguments = now().add(begun.name)
                .add(begun.version)
                .add(
                        enqueued.isEmpty()
                                ? ""
                                : Long.toString(
                                        Messages.millis(enqueued.getLast().fired())));
        told.forEach(run -> arguments.add(ScheduleBytes.encode(run)));
        return new Fired(onSchedules(Script.FIRED, arguments), enqueued);
    }

    private static Run told(Run run, @Nullable TaskId existing) {
        return existing == null ? run : new Run(run.due(), run.fired(), Result.DUPLICATE, existing);
    }

    private List<?> run(Script script, Arguments arguments) {
        return link.runAll(List.of(onSchedules(script, arguments))).getFirst();
    }

    private static Link.Run onSchedules(Script script, Arguments arguments) {
        return new Link.Run(script, Keys.bytes(Keys.SCHEDULES), arguments);
    }

    private Arguments now() {
        return Arguments.at(time.now().toEpochMilli());
    }
}
