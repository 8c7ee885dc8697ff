package dev.errand.redis;

import dev.errand.StorageException;
import dev.errand.TaskId;
import dev.errand.broker.Envelope;
import dev.errand.broker.Payload;
import dev.errand.broker.ScheduleStore.Result;
import dev.errand.broker.ScheduleStore.Run;
import dev.errand.broker.ScheduleStore.Stored;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Schedules and their runs as they are stored: protocol buffers of our own; times in milliseconds. Stateless. */
final class ScheduleBytes {
    private ScheduleBytes() {}

    static byte[] encode(Stored schedule) {
        Instant due = schedule.due();
        Instant seen = schedule.seen();
        TaskId last = schedule.lastTask();
        ProtoWriter out = new ProtoWriter()
                .text(1, schedule.definition())
                .bytes(2, schedule.payload().bytes())
                .text(3, schedule.payload().contentType())
                .number(4, schedule.payload().version())
                .numberAlways(5, Messages.millis(schedule.handled()));
        if (due != null) {
            out.numberAlways(6, Messages.millis(due));
        }
        schedule.waiting().forEach(time -> out.numberAlways(7, Messages.millis(time)));
        out.flag(8, schedule.paused())
                .text(9, last == null ? null : last.value())
                .text(10, schedule.declared());
        if (seen != null) {
            out.numberAlways(11, Messages.millis(seen));
        }
        return out.toBytes();
    }

    static Stored decode(String name, byte[] bytes, long version) {
        try {
            return decode(name, new ProtoReader(bytes), version);
        } catch (ProtoReader.Broken e) {
            throw new StorageException("The schedule " + name + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static Stored decode(String name, ProtoReader in, long version) throws ProtoReader.Broken {
        String definition = "";
        byte[] payload = Arguments.EMPTY;
        String contentType = "";
        int payloadVersion = 0;
        Instant handled = Instant.EPOCH;
        Instant due = null;
        List<Instant> waiting = new ArrayList<>();
        boolean paused = false;
        String last = null;
        String declared = null;
        Instant seen = null;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> definition = in.text();
                case 2 -> payload = in.bytes();
                case 3 -> contentType = in.text();
                case 4 -> payloadVersion = (int) in.number();
                case 5 -> handled = Instant.ofEpochMilli(in.number());
                case 6 -> due = Instant.ofEpochMilli(in.number());
                case 7 -> waiting.add(Instant.ofEpochMilli(in.number()));
                case 8 -> paused = in.flag();
                case 9 -> last = in.text();
                case 10 -> declared = in.text();
                case 11 -> seen = Instant.ofEpochMilli(in.number());
                default -> in.skip();
            }
        }
        return new Stored(
                name,
                definition,
                new Payload(payload, contentType, payloadVersion),
                handled,
                due,
                waiting,
                paused,
                task(last),
                declared,
                seen,
                version);
    }

    private static @Nullable TaskId task(@Nullable String id) {
        return id == null ? null : new TaskId(id);
    }

    static byte[] encode(Run run) {
        TaskId task = run.task();
        return new ProtoWriter()
                .numberAlways(1, Messages.millis(run.due()))
                .numberAlways(2, Messages.millis(run.fired()))
                .text(3, run.result().name())
                .text(4, task == null ? null : task.value())
                .toBytes();
    }

    static Run decodeRun(byte[] bytes) {
        try {
            return decodeRun(new ProtoReader(bytes));
        } catch (ProtoReader.Broken | IllegalArgumentException e) {
            throw new StorageException("A schedule's history cannot be read: " + e.getMessage(), e);
        }
    }

    private static Run decodeRun(ProtoReader in) throws ProtoReader.Broken {
        long due = 0;
        long fired = 0;
        String result = "";
        String task = null;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> due = in.number();
                case 2 -> fired = in.number();
                case 3 -> result = in.text();
                case 4 -> task = in.text();
                default -> in.skip();
            }
        }
        return new Run(Instant.ofEpochMilli(due), Instant.ofEpochMilli(fired), Result.valueOf(result), task(task));
    }

    /** A firing whose tasks are still to be stored. */
    record Firing(List<Envelope> tasks, List<Run> runs) {
        byte[] encode() {
            ProtoWriter out = new ProtoWriter();
            for (Envelope task : tasks) {
                Messages.Stored stored = Messages.encode(task);
                out.message(1, inner -> inner.bytes(1, stored.message()).bytes(2, stored.extras()));
            }
            runs.forEach(run -> out.bytes(2, ScheduleBytes.encode(run)));
            return out.toBytes();
        }

        static Firing decode(byte[] bytes, Instant now) {
            List<Envelope> tasks = new ArrayList<>();
            List<Run> runs = new ArrayList<>();
            try {
                ProtoReader in = new ProtoReader(bytes);
                while (in.next()) {
                    switch (in.field()) {
                        case 1 -> tasks.add(task(in.message(), now));
                        case 2 -> runs.add(decodeRun(in.bytes()));
                        default -> in.skip();
                    }
                }
            } catch (ProtoReader.Broken e) {
                throw new StorageException("A schedule's firing cannot be read: " + e.getMessage(), e);
            }
            return new Firing(tasks, runs);
        }

        private static Envelope task(ProtoReader in, Instant now) throws ProtoReader.Broken {
            byte[] message = Arguments.EMPTY;
            byte[] extras = Arguments.EMPTY;
            while (in.next()) {
                switch (in.field()) {
                    case 1 -> message = in.bytes();
                    case 2 -> extras = in.bytes();
                    default -> in.skip();
                }
            }
            return Messages.decode(message, extras, now);
        }
    }
}
