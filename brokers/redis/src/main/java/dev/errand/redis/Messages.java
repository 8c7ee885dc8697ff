package dev.errand.redis;

import dev.errand.AttemptError;
import dev.errand.InvalidTaskException;
import dev.errand.TaskId;
import dev.errand.broker.Debounce;
import dev.errand.broker.Envelope;
import dev.errand.broker.History;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.UniqueKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Envelopes as a task's hash has them: asynq's message, and our extras beside it. Stateless. */
final class Messages {
    /** A task as it is stored. */
    record Stored(byte[] message, byte[] extras) {}

    /** An extension: an asynq client made the task. */
    private static final String FOREIGN = "asynq.foreign";
    /** An extension: the group that an asynq client put the task into. */
    private static final String GROUP = "asynq.group";
    /** An extension: the lock that an asynq client took. */
    private static final String LOCK = "asynq.unique-key";
    /** An extension: fields of later versions of the message. */
    private static final String FIELDS = "asynq.fields";

    private static final Duration ASYNQ_TIMEOUT = Duration.ofMinutes(30);
    /** With a deadline alone asynq has no timeout. */
    private static final Duration NO_TIMEOUT = Duration.ofDays(366);

    private Messages() {}

    // ---- to Redis

    /** For a task that is stored anew. */
    static Stored encode(Envelope task) {
        return encode(task, 0);
    }

    /**
     * For a task after an attempt.
     *
     * @param completedAt Unix time, 0: not completed
     */
    static Stored encode(Envelope task, long completedAt) {
        Map<String, String> extensions = new HashMap<>(task.extensions());
        String group = take(extensions, GROUP);
        String foreignLock = take(extensions, LOCK);
        byte[] unknown = Base64.getDecoder().decode(take(extensions, FIELDS));
        Policy policy = task.policy();
        History history = task.history();
        String error = history.errors().isEmpty() ? "" : text(history.errors().getLast());
        long lastFailed = history.errors().isEmpty()
                ? 0
                : Math.max(0, history.errors().getLast().at().getEpochSecond());
        boolean foreign = !take(extensions, FOREIGN).isEmpty();
        Instant deadline = task.deadline();
        TaskMessage message = new TaskMessage(
                task.type(),
                task.payload().bytes(),
                task.id().value(),
                task.queue(),
                Math.max(0, policy.maxAttempts() - 1),
                history.attempts(),
                error,
                foreign && policy.timeout().equals(NO_TIMEOUT) ? 0 : ceilToSeconds(policy.timeout()),
                deadline == null ? 0 : ceilToSeconds(deadline),
                foreignLock.isEmpty() ? lockOf(task) : foreignLock,
                lastFailed,
                ceilToSeconds(policy.retention()),
                completedAt,
                group,
                task.headers(),
                unknown);
        return new Stored(message.encode(), extras(task, extensions, foreign).encode());
    }

    private static Extras extras(Envelope task, Map<String, String> extensions, boolean foreign) {
        Policy policy = task.policy();
        UniqueKey unique = task.unique();
        Debounce debounce = task.debounce();
        Instant notBefore = task.notBefore();
        Instant deadline = task.deadline();
        TaskId parent = task.parent();
        return new Extras(
                foreign,
                task.created().toEpochMilli(),
                notBefore == null ? null : millis(notBefore),
                deadline == null ? null : millis(deadline),
                policy.timeout().toMillis(),
                policy.retention().toMillis(),
                policy.explicit(),
                task.payload().contentType(),
                task.payload().version(),
                task.priority(),
                unique == null ? null : unique.key(),
                unique == null ? 0 : unique.ttl().toMillis(),
                debounce == null ? null : debounce.key(),
                debounce == null ? 0 : millis(debounce.latest()),
                task.partitionKey(),
                parent == null ? null : parent.value(),
                task.workflow(),
                extensions,
                task.history().crashes(),
                task.history().errors());
    }

    private static String take(Map<String, String> extensions, String name) {
        String value = extensions.remove(name);
        return value == null ? "" : value;
    }

    /** asynq's lock if the task is unique by its payload, so that Go clients heed it; else empty. */
    static String lockOf(Envelope task) {
        return lockOf(task.unique(), task.queue(), task.type(), task.payload().bytes());
    }

    private static String lockOf(@Nullable UniqueKey unique, String queue, String type, byte[] payload) {
        return unique != null && unique.key().equals(Keys.ofPayload(payload)) ? Keys.lock(queue, type, payload) : "";
    }

    /** The lock that an asynq client took for this task, or that it was stored with before it was changed; or empty. */
    static String foreignLockOf(Envelope task) {
        String lock = task.extensions().get(LOCK);
        return lock == null ? "" : lock;
    }

    /** A task that takes another one's place keeps the asynq lock that was taken for that one. */
    static Envelope withLockOf(Envelope before, Envelope next) {
        String lock = lockOf(before);
        if (lock.isEmpty() || lock.equals(lockOf(next))) {
            return next;
        }
        Map<String, String> all = new HashMap<>(next.extensions());
        all.put(LOCK, lock);
        return next.withExtensions(all);
    }

    /** For another queue: asynq's locks are a queue's own. */
    static Envelope withoutForeignLock(Envelope task) {
        if (!task.extensions().containsKey(LOCK)) {
            return task;
        }
        Map<String, String> rest = new HashMap<>(task.extensions());
        rest.remove(LOCK);
        return task.withExtensions(rest);
    }

    private static String text(AttemptError error) {
        return error.message().isEmpty() ? error.error() : error.message();
    }

    static long millis(Instant at) {
        try {
            return at.toEpochMilli();
        } catch (ArithmeticException e) {
            return at.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    static long ceilToSeconds(Duration span) {
        return span.getNano() > 0 ? span.getSeconds() + 1 : span.getSeconds();
    }

    static long ceilToSeconds(Instant at) {
        return at.getNano() > 0 ? at.getEpochSecond() + 1 : at.getEpochSecond();
    }

    // ---- from Redis

    /**
     * Reads a task.
     *
     * @param seen when it was made, as far as can be told, if an asynq client made it
     */
    static Envelope decode(byte[] message, byte[] extras, Instant seen) throws ProtoReader.Broken {
        TaskMessage read = TaskMessage.parse(message);
        try {
            return envelope(read, extras.length == 0 ? Extras.ofForeign(seen) : Extras.parse(extras));
        } catch (IllegalArgumentException | InvalidTaskException e) {
            throw new ProtoReader.Broken(String.valueOf(e.getMessage()));
        }
    }

    private static Envelope envelope(TaskMessage read, Extras extras) {
        boolean foreign = extras.foreign();
        Instant created = Instant.ofEpochMilli(extras.created());
        String parent = extras.parent();
        UniqueKey unique = extras.unique();
        String ownLock = lockOf(unique, read.queue(), read.type(), read.payload());
        return new Envelope(
                new TaskId(read.id()),
                read.type(),
                new Payload(read.payload(), extras.contentType(), extras.version()),
                read.queue(),
                extras.priority(),
                created,
                instant(extras.notBefore()),
                foreign
                        ? read.deadline() > 0 ? Instant.ofEpochSecond(read.deadline()) : null
                        : instant(extras.deadline()),
                history(read, extras),
                foreign ? foreignPolicy(read) : policy(read, extras),
                unique,
                extras.debounce(),
                extras.partitionKey(),
                parent == null ? null : new TaskId(parent),
                extras.workflow(),
                read.headers(),
                extensions(read, extras, ownLock));
    }

    private static @Nullable Instant instant(@Nullable Long millis) {
        return millis == null ? null : Instant.ofEpochMilli(millis);
    }

    private static Policy policy(TaskMessage read, Extras extras) {
        return new Policy(
                read.retry() + 1,
                Duration.ofMillis(extras.timeout()),
                Duration.ofMillis(extras.retention()),
                extras.explicit());
    }

    /** What an asynq client has said counts as set for this task alone. */
    private static Policy foreignPolicy(TaskMessage read) {
        Duration timeout = read.timeout() > 0
                ? Duration.ofSeconds(read.timeout())
                : read.deadline() > 0 ? NO_TIMEOUT : ASYNQ_TIMEOUT;
        return new Policy(
                Math.max(0, read.retry()) + 1,
                timeout,
                Duration.ofSeconds(Math.max(0, read.retention())),
                EnumSet.allOf(Policy.Field.class));
    }

    /** Of asynq's message what an envelope has no place for; nothing for a task of ours, as a rule. */
    private static Map<String, String> extensions(TaskMessage read, Extras extras, String ownLock) {
        Map<String, String> all = new HashMap<>(extras.extensions());
        if (extras.foreign()) {
            all.put(FOREIGN, "true");
        }
        if (!read.uniqueKey().isEmpty() && !read.uniqueKey().equals(ownLock)) {
            all.put(LOCK, read.uniqueKey());
        }
        if (!read.group().isEmpty()) {
            all.put(GROUP, read.group());
        }
        if (read.unknown().length > 0) {
            all.put(FIELDS, Base64.getEncoder().encodeToString(read.unknown()));
        }
        return all;
    }

    /** Ours, and the failure of an asynq worker since, which is in the message alone. */
    private static History history(TaskMessage read, Extras extras) {
        List<AttemptError> errors = new ArrayList<>(extras.errors());
        // Without a time it is the reason of a cancel, which is there for asynq's tools.
        boolean known = read.errorMessage().isEmpty()
                || read.lastFailedAt() == 0
                || (!errors.isEmpty()
                        && (text(errors.getLast()).equals(read.errorMessage())
                                || errors.getLast().at().getEpochSecond() >= read.lastFailedAt()));
        if (!known) {
            errors.add(new AttemptError(
                    Instant.ofEpochSecond(read.lastFailedAt()),
                    Math.max(1, read.retried()),
                    "asynq",
                    read.errorMessage(),
                    "",
                    ""));
        }
        return new History(Math.max(0, read.retried()), extras.crashes(), errors);
    }
}
