package dev.errand.rabbitmq;

import com.rabbitmq.client.AMQP;
import dev.errand.AttemptError;
import dev.errand.InvalidTaskException;
import dev.errand.broker.Envelope;
import dev.errand.broker.Policy;
import dev.errand.broker.Subscription;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An envelope as a message: the payload is the body, and all else are headers. The user's headers keep their names where AMQP
 * can carry these; the others, and what has no name of its own at the broker, are JSON.
 */
final class Writing {
    /** All headers have to fit into one frame, of which the server allows 131,072 bytes by default. */
    static final int MAX_HEADERS = 120_000;

    private static final int PERSISTENT = 2;
    private static final int SHORT_TEXT = 255;
    private static final int PLAIN_NAME = 200;

    private final String source;

    Writing(RabbitOptions options) {
        this.source = "/" + options.prefix();
    }

    /**
     * What a message carries beside its task.
     *
     * @param takes how often it was taken before
     * @param due when it is to be taken; null: at once
     * @param death how it died; null: it lives
     */
    record Stamp(
            long takes, @Nullable Instant due, @Nullable Death death) {
        static final Stamp NEW = new Stamp(0, null, null);
    }

    /**
     * How a task died.
     *
     * @param at when
     * @param cause which kind
     * @param reason in words
     */
    record Death(Instant at, dev.errand.DeadCause cause, String reason) {}

    /**
     * The message.
     *
     * @param origin the properties that it came with, of which other programs' survive; null: it is new
     * @throws InvalidTaskException if its headers are too large for the broker
     */
    Message write(Envelope task, Stamp stamp, AMQP.@Nullable BasicProperties origin) {
        Map<String, Object> headers = new HashMap<>();
        if (origin != null && origin.getHeaders() != null) {
            keepForeign(origin.getHeaders(), headers);
        }
        task(task, headers);
        stamp(stamp, headers);
        policy(task.policy(), headers);
        users(task, headers);
        fit(task, headers);
        String id = task.id().value();
        String contentType = task.payload().contentType();
        AMQP.BasicProperties.Builder properties =
                origin == null ? new AMQP.BasicProperties.Builder() : origin.builder();
        properties
                .headers(headers)
                .deliveryMode(PERSISTENT)
                .messageId(isShort(id) ? id : null)
                .type(isShort(task.type()) ? task.type() : null)
                .contentType(isShort(contentType) ? contentType : null)
                .timestamp(Date.from(task.created()))
                .expiration(null)
                .userId(null)
                .priority(null);
        return new Message(properties.build(), task.payload().bytes());
    }

    /** Headers that are no text have no place in an envelope. */
    private static void keepForeign(Map<String, Object> from, Map<String, Object> to) {
        from.forEach((name, value) -> {
            if (!Reading.isText(value) && !Fields.isServers(name) && !Fields.isAttribute(name)) {
                to.put(name, value);
            }
        });
    }

    private void task(Envelope task, Map<String, Object> to) {
        put(to, Fields.SPEC_VERSION, "1.0");
        put(to, Fields.ID, task.id().value());
        put(to, Fields.SOURCE, source);
        put(to, Fields.TYPE, task.type());
        put(to, Fields.TIME, task.created().toString());
        if (!isShort(task.payload().contentType())) {
            put(to, Fields.CONTENT_TYPE, task.payload().contentType());
        }
        // An event has no queue yet.
        put(to, Fields.QUEUE, task.queue().equals(Subscription.QUEUE_PREFIX) ? null : task.queue());
        put(to, Fields.VERSION, task.payload().version());
        put(to, Fields.PRIORITY, task.priority() == 0 ? null : task.priority());
        put(to, Fields.NOT_BEFORE, task.notBefore());
        put(to, Fields.DEADLINE, task.deadline());
        put(to, Fields.PARTITION_KEY, task.partitionKey());
        put(to, Fields.PARENT, task.parent() == null ? null : task.parent().value());
        put(to, Fields.WORKFLOW, task.workflow());
        put(to, Fields.ATTEMPTS, task.history().attempts());
        put(to, Fields.CRASHES, task.history().crashes());
        errors(task.history().errors(), to);
    }

    private static void errors(List<AttemptError> errors, Map<String, Object> to) {
        put(to, Fields.ERRORS, errors.isEmpty() ? null : Json.ofErrors(errors));
    }

    private static void stamp(Stamp stamp, Map<String, Object> to) {
        put(to, Fields.TAKES, stamp.takes);
        put(to, Fields.DUE, stamp.due);
        Death death = stamp.death;
        if (death != null) {
            put(to, Fields.ENDED, death.at);
            put(to, Fields.CAUSE, death.cause.name().toLowerCase(Locale.ROOT));
            put(to, Fields.REASON, death.reason);
        }
    }

    private static void policy(Policy policy, Map<String, Object> to) {
        put(to, Fields.MAX_ATTEMPTS, policy.maxAttempts());
        put(to, Fields.TIMEOUT, policy.timeout());
        put(to, Fields.RETENTION, policy.retention());
        TreeSet<String> explicit = new TreeSet<>();
        policy.explicit().forEach(field -> explicit.add(field.name().toLowerCase(Locale.ROOT)));
        put(to, Fields.EXPLICIT, String.join(",", explicit));
    }

    private static void users(Envelope task, Map<String, Object> to) {
        Map<String, String> unnameable = new HashMap<>();
        task.headers().forEach((name, value) -> {
            if (isPlain(name)) {
                to.put(name, value);
            } else {
                unnameable.put(name, value);
            }
        });
        put(to, Fields.HEADERS, unnameable.isEmpty() ? null : Json.ofMap(unnameable));
        Map<String, String> others = new HashMap<>();
        task.extensions().forEach((name, value) -> {
            if (Fields.isAttribute(name) && isShort(name) && !Fields.isKnown(Fields.attribute(name))) {
                to.put(name, value);
            } else {
                others.put(name, value);
            }
        });
        put(to, Fields.EXTENSIONS, others.isEmpty() ? null : Json.ofMap(others));
    }

    /** Where the errors make it too large, the oldest lose their stack traces first. */
    private static void fit(Envelope task, Map<String, Object> headers) {
        List<AttemptError> errors = new ArrayList<>(task.history().errors());
        for (int i = 0; i < errors.size() && size(headers) > MAX_HEADERS; i++) {
            AttemptError full = errors.get(i);
            errors.set(i, new AttemptError(full.at(), full.attempt(), full.error(), full.message(), "", full.worker()));
            errors(errors, headers);
        }
        int size = size(headers);
        if (size > MAX_HEADERS) {
            throw new InvalidTaskException("The headers of task " + task.id() + " of type " + task.type() + " take "
                    + size + " bytes; RabbitMQ carries at most " + MAX_HEADERS
                    + ". Put less into headers, or into the payload instead");
        }
    }

    private static int size(Map<String, Object> headers) {
        int size = 0;
        for (Map.Entry<String, Object> header : headers.entrySet()) {
            size += bytes(header.getKey()) + 8 + bytes(header.getValue().toString());
        }
        return size;
    }

    private static void put(Map<String, Object> to, String attribute, @Nullable Object value) {
        if (value instanceof Integer || value instanceof Long) {
            to.put(Fields.PREFIX + attribute, value);
        } else if (value != null) {
            to.put(Fields.PREFIX + attribute, value.toString());
        }
    }

    private static boolean isPlain(String name) {
        return !Fields.isAttribute(name)
                && !name.toLowerCase(Locale.ROOT).startsWith("x-")
                && !Fields.isServers(name)
                && bytes(name) <= PLAIN_NAME;
    }

    private static boolean isShort(String text) {
        return bytes(text) <= SHORT_TEXT;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
