package dev.errand.client;

import dev.errand.CapabilityException;
import dev.errand.Defaults;
import dev.errand.InvalidTaskException;
import dev.errand.TaskId;
import dev.errand.TypeSpec;
import dev.errand.broker.Debounce;
import dev.errand.broker.Envelope;
import dev.errand.broker.History;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.UniqueKey;
import dev.errand.time.Time;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes an envelope from a task type, a payload and options, checking every limit. Thread-safe. */
public final class EnvelopeFactory {
    private static final Logger log = LoggerFactory.getLogger(EnvelopeFactory.class);
    private static final Duration WARN_EVERY = Duration.ofMinutes(1);

    /**
     * What was chosen for one task; null or empty: the type's.
     *
     * @param id the task's
     * @param queue another one
     * @param delay before it is due
     * @param runAt when it is due, instead of a delay
     * @param deadline after which it is not run
     * @param maxAttempts another number
     * @param timeout another one
     * @param retention another one
     * @param uniqueKey another one
     * @param partitionKey for the order of tasks
     * @param parent the task that enqueues this one
     * @param priority within the queue
     * @param headers the user's
     */
    public record Choices(
            @Nullable TaskId id,
            @Nullable String queue,
            @Nullable Duration delay,
            @Nullable Instant runAt,
            @Nullable Instant deadline,
            @Nullable Integer maxAttempts,
            @Nullable Duration timeout,
            @Nullable Duration retention,
            @Nullable String uniqueKey,
            @Nullable String partitionKey,
            @Nullable TaskId parent,
            int priority,
            Map<String, String> headers) {}

    private final Codecs codecs;
    private final Time time;
    private final Ids ids;
    private final int maxPayload;
    private final Map<String, Instant> warned = new ConcurrentHashMap<>();

    /** With a limit for payloads in bytes. */
    public EnvelopeFactory(Codecs codecs, Time time, RandomGenerator random, int maxPayload) {
        this.codecs = codecs;
        this.time = time;
        this.ids = new Ids(time, random);
        this.maxPayload = maxPayload;
    }

    /** Makes the envelope. */
    public <P> Envelope make(TypeSpec<P> spec, P payload, Choices chosen) {
        TaskId id = id(chosen.id);
        Payload encoded = encode(spec, id, payload);
        Instant now = time.now();
        Debounce debounce = debounce(spec, payload, now);
        Instant notBefore = notBefore(spec, chosen, now, debounce);
        return new Envelope(
                id,
                spec.name(),
                encoded,
                chosen.queue == null ? spec.queue() : chosen.queue,
                chosen.priority,
                now,
                notBefore,
                deadline(spec, chosen, now, notBefore),
                History.NONE,
                policy(spec, chosen),
                unique(spec, payload, encoded, chosen),
                debounce,
                chosen.partitionKey,
                chosen.parent,
                null,
                chosen.headers,
                Map.of());
    }

    /** The task's own id, or a new one. */
    public TaskId id(@Nullable TaskId own) {
        return own == null ? ids.next() : own;
    }

    /**
     * Encodes a payload for the task.
     *
     * @throws InvalidTaskException if it is too large
     * @throws dev.errand.CodecException if it cannot be encoded
     */
    public <P> Payload encode(TypeSpec<P> spec, TaskId id, P payload) {
        Payload encoded = codecs.encode(spec.name(), payload, spec.payloadType(), spec.version());
        checkSize(spec, id, encoded);
        return encoded;
    }

    /**
     * Refuses a payload that is too large.
     *
     * @param what begins the message: {@code "Task type mail.confirm: the payload"}
     */
    public void checkSize(String what, Payload payload) {
        if (payload.size() > maxPayload) {
            throw new InvalidTaskException(what + " has " + payload.size() + " bytes; at most " + maxPayload
                    + " are allowed. Store the data elsewhere and send its id, or raise maxPayload(…)");
        }
    }

    private void checkSize(TypeSpec<?> spec, TaskId id, Payload payload) {
        checkSize("Task type " + spec.name() + ": the payload", payload);
        if (payload.size() >= maxPayload / 4 && maxPayload >= 4 && maySay(spec.name())) {
            log.warn(
                    "Task {} of type {} has a payload of {} bytes, more than a quarter of the limit of {}; send an id instead of the data",
                    id,
                    spec.name(),
                    payload.size(),
                    maxPayload);
        }
    }

    /** Once a minute for each type: a warning for each task would hide the others. */
    private boolean maySay(String type) {
        Instant now = time.now();
        Instant before = warned.get(type);
        if (before != null && now.isBefore(before.plus(WARN_EVERY))) {
            return false;
        }
        warned.put(type, now);
        return true;
    }

    private static <P> @Nullable Debounce debounce(TypeSpec<P> spec, P payload, Instant now) {
        TypeSpec.Debounced<P> rule = spec.debounce().orElse(null);
        if (rule == null) {
            return null;
        }
        String key = rule.key().apply(payload);
        if (key == null) {
            throw new InvalidTaskException(
                    "Task type " + spec.name() + ": the function of the debounce key answered null");
        }
        return new Debounce(key, now.plus(rule.atMost()));
    }

    private static @Nullable Instant notBefore(
            TypeSpec<?> spec, Choices chosen, Instant now, @Nullable Debounce debounce) {
        if (debounce == null) {
            return notBefore(spec, chosen, now);
        }
        boolean own = chosen.delay != null || chosen.runAt != null;
        Instant at = own
                ? notBefore(spec, chosen, now)
                : now.plus(spec.debounce().orElseThrow().delay());
        return at != null && at.isAfter(debounce.latest()) ? debounce.latest() : at;
    }

    private static @Nullable Instant notBefore(TypeSpec<?> spec, Choices chosen, Instant now) {
        if (chosen.delay != null) {
            return chosen.delay.isPositive() ? now.plus(chosen.delay) : null;
        }
        if (chosen.runAt == null || !chosen.runAt.isAfter(now)) {
            return null;
        }
        if (Duration.between(now, chosen.runAt).compareTo(Defaults.MAX_DELAY) > 0) {
            throw new InvalidTaskException("Task type " + spec.name() + ": the time " + chosen.runAt + " is more than "
                    + Defaults.MAX_DELAY.toDays() + " days ahead; enqueue it later or use a schedule");
        }
        return chosen.runAt;
    }

    private static @Nullable Instant deadline(
            TypeSpec<?> spec, Choices chosen, Instant now, @Nullable Instant notBefore) {
        if (chosen.deadline != null && !chosen.deadline.isAfter(now)) {
            throw new InvalidTaskException("Task type " + spec.name() + ": the deadline " + chosen.deadline
                    + " has passed already (it is " + now + "); give a time ahead");
        }
        if (chosen.deadline != null && notBefore != null && !chosen.deadline.isAfter(notBefore)) {
            throw new InvalidTaskException("Task type " + spec.name() + ": the deadline " + chosen.deadline
                    + " is not after the start at " + notBefore + ", so the task could never run; move one of them");
        }
        return chosen.deadline;
    }

    private static Policy policy(TypeSpec<?> spec, Choices chosen) {
        Set<Policy.Field> explicit = EnumSet.noneOf(Policy.Field.class);
        if (chosen.maxAttempts != null) {
            explicit.add(Policy.Field.MAX_ATTEMPTS);
        }
        if (chosen.timeout != null) {
            explicit.add(Policy.Field.TIMEOUT);
        }
        if (chosen.retention != null) {
            if (!spec.retention().isPositive()) {
                throw new CapabilityException(
                        "Task type " + spec.name()
                                + " declares no retention, so one cannot be given for a single task; declare it with retention(…)");
            }
            explicit.add(Policy.Field.RETENTION);
        }
        return new Policy(
                chosen.maxAttempts == null ? spec.retry().maxAttempts() : chosen.maxAttempts,
                chosen.timeout == null ? spec.timeout() : chosen.timeout,
                chosen.retention == null ? spec.retention() : chosen.retention,
                explicit);
    }

    private static <P> @Nullable UniqueKey unique(TypeSpec<P> spec, P payload, Payload encoded, Choices chosen) {
        TypeSpec.Unique<P> rule = spec.unique().orElse(null);
        if (rule == null) {
            if (chosen.uniqueKey != null) {
                throw new CapabilityException(
                        "Task type " + spec.name()
                                + " does not declare uniqueness, so a unique key cannot be given; declare it with uniqueBy(…) or unique(…)");
            }
            return null;
        }
        if (chosen.uniqueKey != null) {
            return new UniqueKey(chosen.uniqueKey, rule.ttl());
        }
        String key = rule.key() == null ? hash(encoded.bytes()) : rule.key().apply(payload);
        if (key == null) {
            throw new InvalidTaskException(
                    "Task type " + spec.name() + ": the function of the unique key answered null");
        }
        return new UniqueKey(key, rule.ttl());
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
