package dev.errand.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.LongString;
import dev.errand.AttemptError;
import dev.errand.DeadCause;
import dev.errand.Defaults;
import dev.errand.ErrandException;
import dev.errand.TaskId;
import dev.errand.broker.Envelope;
import dev.errand.broker.History;
import dev.errand.broker.Names;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.Subscription;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A message as an envelope. Any message is a task, whoever has sent it: what its headers do not say is taken from its
 * properties, or by rule. One whose headers say something impossible has a defect, and as much as could be read.
 */
final class Reading {
    private final RabbitOptions options;
    private final RandomGenerator random;

    Reading(RabbitOptions options, RandomGenerator random) {
        this.options = options;
        this.random = random;
    }

    /**
     * A message that was read.
     *
     * @param envelope the task
     * @param defect what is wrong with the message; null: nothing
     * @param takes how often it was taken before it was last published
     * @param due when it is to be taken; null: at once
     * @param death how it died; null: it lives, or the broker has killed it
     */
    record Read(
            Envelope envelope,
            @Nullable String defect,
            long takes,
            @Nullable Instant due,
            Writing.@Nullable Death death) {}

    static boolean isText(@Nullable Object value) {
        return value instanceof LongString || value instanceof String;
    }

    /**
     * Reads a message.
     *
     * @param queue where it was found; null: where its headers say
     */
    Read read(AMQP.BasicProperties properties, byte[] body, @Nullable String queue, Instant now) {
        Map<String, Object> headers = properties.getHeaders() == null ? Map.of() : properties.getHeaders();
        Attributes said = Attributes.of(headers);
        String home = queue != null ? queue : said.text(Fields.QUEUE, said.origin(headers, options.prefix() + ".q."));
        try {
            return new Read(
                    asCopy(envelope(said, properties, body, home, headers, now)),
                    null,
                    said.number(Fields.TAKES, 0),
                    said.instant(Fields.DUE),
                    death(said));
        } catch (ErrandException | IllegalArgumentException | DateTimeException e) {
            String defect = "The message's headers cannot be read: " + e.getMessage();
            return new Read(unreadable(said, properties, body, home, now), defect, 0, null, null);
        }
    }

    /** An event in a subscription's queue becomes that subscription's copy; a copy stays one. */
    private static Envelope asCopy(Envelope task) {
        if (task.headers().containsKey(Subscription.EVENT_HEADER)) {
            return task;
        }
        return Subscription.nameOf(task.queue())
                .map(name -> Subscription.copy(task, name))
                .orElse(task);
    }

    private Envelope envelope(
            Attributes said,
            AMQP.BasicProperties properties,
            byte[] body,
            String queue,
            Map<String, Object> headers,
            Instant now) {
        Map<String, String> users = new HashMap<>();
        Map<String, String> extensions = new HashMap<>();
        headers.forEach((name, value) -> {
            if (!isText(value) || Fields.isServers(name)) {
                return;
            }
            if (!Fields.isAttribute(name)) {
                users.put(name, value.toString());
            } else if (!Fields.isKnown(Fields.attribute(name))) {
                extensions.put(name, value.toString());
            }
        });
        users.putAll(said.map(Fields.HEADERS));
        extensions.putAll(said.map(Fields.EXTENSIONS));
        String parent = said.find(Fields.PARENT);
        return new Envelope(
                id(said, properties, now),
                Names.check("task type", type(said, properties, queue, headers)),
                new Payload(body, contentType(said, properties), (int) said.number(Fields.VERSION, 1)),
                queue,
                (int) said.number(Fields.PRIORITY, 0),
                created(said, properties, now),
                said.instant(Fields.NOT_BEFORE),
                said.instant(Fields.DEADLINE),
                new History((int) said.number(Fields.ATTEMPTS, 0), (int) said.number(Fields.CRASHES, 0), errors(said)),
                policy(said),
                null,
                null,
                said.find(Fields.PARTITION_KEY),
                parent == null ? null : TaskId.of(parent),
                said.find(Fields.WORKFLOW),
                users,
                extensions);
    }

    /** As much as is needed to make it a dead letter. */
    private Envelope unreadable(
            Attributes said, AMQP.BasicProperties properties, byte[] body, String queue, Instant now) {
        TaskId id;
        String type;
        try {
            id = id(said, properties, now);
        } catch (ErrandException e) {
            id = TaskId.next(now, random);
        }
        try {
            type = Names.check("task type", type(said, properties, queue, Map.of()));
        } catch (ErrandException e) {
            type = "unreadable";
        }
        Payload payload = new Payload(body, Payload.EMPTY.contentType(), 1);
        return Envelope.of(id, type, payload, queue, now, policy(Attributes.NONE));
    }

    private TaskId id(Attributes said, AMQP.BasicProperties properties, Instant now) {
        String id = said.find(Fields.ID);
        if (id == null) {
            id = properties.getMessageId();
        }
        return id == null ? TaskId.next(now, random) : TaskId.of(id);
    }

    private String type(Attributes said, AMQP.BasicProperties properties, String queue, Map<String, Object> headers) {
        String type = said.find(Fields.TYPE);
        if (type == null && options.typeHeader() != null && isText(headers.get(options.typeHeader()))) {
            type = String.valueOf(headers.get(options.typeHeader()));
        }
        if (type == null) {
            type = properties.getType();
        }
        if (type == null) {
            type = options.foreignType();
        }
        return type == null ? queue : type;
    }

    private static String contentType(Attributes said, AMQP.BasicProperties properties) {
        String property = properties.getContentType();
        return said.text(Fields.CONTENT_TYPE, property == null ? Payload.EMPTY.contentType() : property);
    }

    private static Instant created(Attributes said, AMQP.BasicProperties properties, Instant now) {
        Instant time = said.instant(Fields.TIME);
        if (time != null) {
            return time;
        }
        return properties.getTimestamp() == null
                ? now
                : properties.getTimestamp().toInstant();
    }

    private static List<AttemptError> errors(Attributes said) {
        String text = said.find(Fields.ERRORS);
        return text == null ? List.of() : Json.toErrors(text);
    }

    /** What another program has set counts as set for this task alone. */
    private static Policy policy(Attributes said) {
        Set<Policy.Field> explicit = EnumSet.noneOf(Policy.Field.class);
        String listed = said.find(Fields.EXPLICIT);
        for (Policy.Field field : Policy.Field.values()) {
            boolean isSet = switch (field) {
                case MAX_ATTEMPTS -> said.find(Fields.MAX_ATTEMPTS) != null;
                case TIMEOUT -> said.find(Fields.TIMEOUT) != null;
                case RETENTION -> said.find(Fields.RETENTION) != null;
            };
            if (listed == null ? isSet : isListed(listed, field)) {
                explicit.add(field);
            }
        }
        int attempts = (int) said.number(Fields.MAX_ATTEMPTS, Defaults.MAX_ATTEMPTS);
        if (attempts < 1) {
            throw new IllegalArgumentException(Fields.MAX_ATTEMPTS + " is " + attempts);
        }
        return new Policy(
                attempts,
                said.duration(Fields.TIMEOUT, Defaults.TIMEOUT),
                said.duration(Fields.RETENTION, Defaults.RETENTION),
                explicit);
    }

    private static boolean isListed(String listed, Policy.Field field) {
        return List.of(listed.split(",", -1)).contains(field.name().toLowerCase(Locale.ROOT));
    }

    private static Writing.@Nullable Death death(Attributes said) {
        Instant at = said.instant(Fields.ENDED);
        if (at == null) {
            return null;
        }
        DeadCause cause = DeadCause.valueOf(said.text(Fields.CAUSE, "refused").toUpperCase(Locale.ROOT));
        return new Writing.Death(at, cause, said.text(Fields.REASON, ""));
    }

    /** The CloudEvents attributes among the headers. */
    private record Attributes(Map<String, Object> values) {
        static final Attributes NONE = new Attributes(Map.of());

        static Attributes of(Map<String, Object> headers) {
            Map<String, Object> values = new HashMap<>();
            headers.forEach((name, value) -> {
                if (Fields.isAttribute(name) && value != null) {
                    values.put(Fields.attribute(name), value);
                }
            });
            return new Attributes(values);
        }

        @Nullable
        String find(String name) {
            Object value = values.get(name);
            return value == null ? null : value.toString();
        }

        String text(String name, String otherwise) {
            String value = find(name);
            return value == null ? otherwise : value;
        }

        long number(String name, long otherwise) {
            Object value = values.get(name);
            if (value instanceof Number number) {
                return number.longValue();
            }
            return value == null ? otherwise : Long.parseLong(value.toString());
        }

        @Nullable
        Instant instant(String name) {
            Object value = values.get(name);
            if (value instanceof java.util.Date date) {
                return date.toInstant();
            }
            return value == null ? null : Instant.parse(value.toString());
        }

        Duration duration(String name, Duration otherwise) {
            String value = find(name);
            return value == null ? otherwise : Duration.parse(value);
        }

        Map<String, String> map(String name) {
            String value = find(name);
            return value == null ? Map.of() : Json.toMap(value);
        }

        /** The queue in which the broker has let it die. */
        String origin(Map<String, Object> headers, String prefix) {
            Object first = headers.get("x-first-death-queue");
            String name = first == null ? "unknown" : first.toString();
            return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
        }
    }
}
