package dev.errand.redis;

import dev.errand.DeadCause;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.Envelope;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows tasks as their hashes have them. Thread-safe. */
final class Reading {
    private static final Logger log = LoggerFactory.getLogger(Reading.class);
    private static final int PER_CALL = 200;

    /**
     * A task as it was found.
     *
     * @param queue whose hash it is
     * @param info what it shows
     * @param message as it is stored
     * @param extras as they are stored
     * @param moving whether it is on its way to another queue
     */
    record Found(String queue, TaskInfo info, byte[] message, byte[] extras, boolean moving) {}

    private final Link link;
    private final Time time;
    private final KnownQueues queues;

    Reading(Link link, Time time, KnownQueues queues) {
        this.link = link;
        this.time = time;
        this.queues = queues;
    }

    /** Looks into every queue. */
    Optional<Found> find(TaskId id) {
        List<String> all = queues.now();
        List<Link.Run> runs = new ArrayList<>();
        for (String queue : all) {
            runs.add(Link.Run.on(Script.SHOW, queue, Arguments.at(now()).add(id.value())));
        }
        List<List<?>> answers = link.runAll(runs);
        for (int i = 0; i < all.size(); i++) {
            Object fields = answers.get(i).getFirst();
            if (fields instanceof List<?> present) {
                return Optional.of(found(all.get(i), id, present));
            }
        }
        return Optional.empty();
    }

    /** Shows tasks of one queue, in the order asked for; those that are gone are left out. */
    List<Found> show(String queue, Collection<byte[]> ids) {
        List<byte[]> all = List.copyOf(ids);
        List<Found> found = new ArrayList<>();
        for (int from = 0; from < all.size(); from += PER_CALL) {
            List<byte[]> part = all.subList(from, Math.min(all.size(), from + PER_CALL));
            Arguments arguments = Arguments.at(now());
            part.forEach(arguments::add);
            List<?> answers = link.run(Script.SHOW, queue, arguments);
            for (int i = 0; i < part.size(); i++) {
                if (answers.get(i) instanceof List<?> fields) {
                    try {
                        found.add(found(queue, TaskId.of(Keys.text(part.get(i))), fields));
                    } catch (dev.errand.InvalidTaskException e) {
                        log.debug("A task of queue {} has an id that cannot be shown", queue, e);
                    }
                }
            }
        }
        return found;
    }

    private long now() {
        return time.now().toEpochMilli();
    }

    private Found found(String queue, TaskId id, List<?> fields) {
        byte[] message = (byte[]) fields.get(0);
        byte[] pendingSince = (byte[]) fields.get(3);
        Instant since = pendingSince.length > 0 ? nanos(pendingSince, time.now()) : lastSeen(message);
        Envelope envelope;
        try {
            envelope = Messages.decode(message, (byte[]) fields.get(1), since);
        } catch (ProtoReader.Broken e) {
            envelope = Envelope.of(
                    id,
                    "asynq.unreadable",
                    new Payload(message, Payload.EMPTY.contentType(), 1),
                    queue,
                    since,
                    new Policy(1, Duration.ofMinutes(1), Duration.ZERO, Set.of()));
        }
        return new Found(
                queue,
                info(envelope, fields),
                message,
                (byte[]) fields.get(1),
                !text(fields, 15).isEmpty());
    }

    /** asynq does not keep when a task was made: when it was last written, as far as that can be told, else now. */
    private Instant lastSeen(byte[] message) {
        try {
            TaskMessage read = TaskMessage.parse(message);
            long at = Math.max(read.completedAt(), read.lastFailedAt());
            return at > 0 && at < time.now().getEpochSecond() ? Instant.ofEpochSecond(at) : time.now();
        } catch (ProtoReader.Broken e) {
            return time.now();
        }
    }

    private static TaskInfo info(Envelope envelope, List<?> fields) {
        String cause = text(fields, 8);
        TaskState state = state(text(fields, 2), cause);
        boolean waits = state == TaskState.SCHEDULED || state == TaskState.RETRY;
        String reason = text(fields, 9);
        String started = text(fields, 6);
        return new TaskInfo(
                envelope,
                state,
                waits ? due(text(fields, 13), text(fields, 14)) : null,
                state == TaskState.PENDING ? nanos((byte[]) fields.get(3), envelope.created()) : null,
                state == TaskState.ACTIVE ? orNull(text(fields, 5)) : null,
                started.isEmpty() ? null : Instant.ofEpochMilli(Long.parseLong(started)),
                state.ended() ? ended(text(fields, 7), text(fields, 14), envelope) : null,
                state == TaskState.DEAD ? cause(cause) : null,
                state == TaskState.COMPLETED || state == TaskState.ACTIVE ? null : reason(state, reason, envelope),
                state == TaskState.ACTIVE && !text(fields, 10).isEmpty(),
                result((byte[]) fields.get(11), text(fields, 12)));
    }

    private static String text(List<?> fields, int place) {
        return Keys.text((byte[]) fields.get(place));
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    private static TaskState state(String name, String cause) {
        return switch (name) {
            case "pending" -> TaskState.PENDING;
            case "active" -> TaskState.ACTIVE;
            case "scheduled" -> TaskState.SCHEDULED;
            case "retry" -> TaskState.RETRY;
            case "completed" -> TaskState.COMPLETED;
            case "archived" -> cause.equals("CANCELLED") ? TaskState.CANCELLED : TaskState.DEAD;
            default -> TaskState.WAITING;
        };
    }

    /** Ours to the millisecond, unless asynq has given it another time since. */
    private static @Nullable Instant due(String own, String score) {
        if (!own.isEmpty()) {
            long millis = Long.parseLong(own);
            if (score.isEmpty() || Math.ceilDiv(millis, 1_000L) == (long) Double.parseDouble(score)) {
                return Instant.ofEpochMilli(millis);
            }
        }
        return score.isEmpty() ? null : Instant.ofEpochSecond((long) Double.parseDouble(score));
    }

    private static Instant ended(String own, String score, Envelope envelope) {
        if (!own.isEmpty()) {
            return Instant.ofEpochMilli(Long.parseLong(own));
        }
        return score.isEmpty() ? envelope.created() : Instant.ofEpochSecond((long) Double.parseDouble(score));
    }

    private static DeadCause cause(String name) {
        for (DeadCause cause : DeadCause.values()) {
            if (cause.name().equals(name)) {
                return cause;
            }
        }
        return DeadCause.EXHAUSTED; // archived by asynq
    }

    /** asynq archives with the last error alone. */
    private static @Nullable String reason(TaskState state, String reason, Envelope envelope) {
        if (reason.isEmpty()
                && state == TaskState.DEAD
                && !envelope.history().errors().isEmpty()) {
            return envelope.history().errors().getLast().message();
        }
        return orNull(reason);
    }

    private static @Nullable Payload result(byte[] bytes, String kind) {
        int space = kind.indexOf(' ');
        if (space > 0) {
            return new Payload(bytes, kind.substring(space + 1), Integer.parseInt(kind.substring(0, space)));
        }
        return bytes.length == 0 ? null : new Payload(bytes, Payload.EMPTY.contentType(), 1);
    }

    /** asynq's nanoseconds, to the millisecond. */
    static Instant nanos(byte[] text, Instant otherwise) {
        try {
            return text.length == 0 ? otherwise : Instant.ofEpochMilli(Long.parseLong(Keys.text(text)) / 1_000_000);
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }
}
