package dev.errand.nats;

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
import dev.errand.broker.UniqueKey;
import io.nats.client.impl.Headers;
import io.nats.client.support.JsonParseException;
import io.nats.client.support.JsonParser;
import io.nats.client.support.JsonValue;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Envelopes as messages: the payload is the body, the rest headers in the binary mode of <a
 * href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/nats-protocol-binding.md">CloudEvents' binding
 * for NATS</a>, with extension attributes of ours. A user's header goes under its own name where that is free, else under
 * {@code errand-h-} and the name; what we do not know is kept. Stateless.
 */
final class Messages {
    static final String REVISION = "ce-errandrevision";
    /** When the message is to be moved to the ready ones; the task's own earliest time may be long past. */
    static final String DUE = "ce-erranddue";

    /** The sequence of the message that this one takes the place of; whoever takes it sees to it that that one is gone. */
    static final String REPLACES = "ce-errandreplaces";

    private static final String NOT_BEFORE = "ce-errandnotbefore";
    static final String TAKES = "ce-errandtakes";

    private static final String ID = "ce-id";
    private static final String TYPE = "ce-type";
    private static final String SOURCE = "ce-source";
    private static final String TIME = "ce-time";
    private static final String SPEC = "ce-specversion";
    private static final String CONTENT_TYPE = "content-type";
    private static final String VERSION = "ce-errandversion";
    private static final String QUEUE = "ce-errandqueue";
    private static final String PRIORITY = "ce-errandpriority";
    private static final String DEADLINE = "ce-erranddeadline";
    private static final String ATTEMPTS = "ce-errandattempts";
    private static final String CRASHES = "ce-errandcrashes";
    private static final String MAX_ATTEMPTS = "ce-errandmaxattempts";
    private static final String TIMEOUT = "ce-errandtimeout";
    private static final String RETENTION = "ce-errandretention";
    private static final String EXPLICIT = "ce-errandexplicit";
    private static final String UNIQUE = "ce-errandunique";
    private static final String UNIQUE_TTL = "ce-errandttl";
    private static final String PARTITION = "ce-partitionkey";
    private static final String PARENT = "ce-errandparent";
    private static final String WORKFLOW = "ce-errandworkflow";
    private static final String DEAD_CAUSE = "ce-errandcause";
    private static final String DEAD_REASON = "ce-errandreason";
    private static final String DEAD_AT = "ce-errandended";
    private static final String ERRORS = "errand-errors";
    private static final Set<String> OURS = Set.of(
            REVISION,
            DUE,
            REPLACES,
            NOT_BEFORE,
            TAKES,
            ID,
            TYPE,
            TIME,
            SPEC,
            CONTENT_TYPE,
            VERSION,
            QUEUE,
            PRIORITY,
            DEADLINE,
            ATTEMPTS,
            CRASHES,
            MAX_ATTEMPTS,
            TIMEOUT,
            RETENTION,
            EXPLICIT,
            UNIQUE,
            UNIQUE_TTL,
            PARTITION,
            PARENT,
            WORKFLOW,
            DEAD_CAUSE,
            DEAD_REASON,
            DEAD_AT,
            ERRORS);
    /** The W3C trace context, which CloudEvents has attributes for. */
    private static final Set<String> TRACE = Set.of("traceparent", "tracestate");

    private static final String ATTRIBUTE = "ce-";
    private static final String HEADER = "errand-h-";
    private static final String EXTENSION = "errand-x-";
    private static final String OWN_SOURCE = "/errand";
    private static final Pattern FREE_NAME = Pattern.compile("[A-Za-z0-9_-]{1,100}");
    private static final Pattern TAKEN_NAME =
            Pattern.compile("(?i)(ce-|nats-|errand-|content-type$|status$|description$|traceparent$|tracestate$).*");
    private static final Pattern ATTRIBUTE_NAME = Pattern.compile("ce-[a-z0-9]{1,40}");
    private static final int MAX_CONTENT_TYPE = 1_000;

    /**
     * A message that was read.
     *
     * @param envelope the task; if there is a defect, as much of it as could be read
     * @param revision how often it has been rewritten
     * @param takes how often it has been taken and given back
     * @param own whether a client of ours wrote it
     * @param defect why it cannot be read; null: it can
     */
    record Read(
            Envelope envelope,
            long revision,
            long takes,
            boolean own,
            @Nullable String defect) {}

    /**
     * A death.
     *
     * @param cause which kind
     * @param reason in words
     * @param at when
     */
    record Death(DeadCause cause, String reason, Instant at) {}

    private Messages() {}

    // ---- to NATS

    static Headers encode(Envelope task, long revision, long takes) {
        Headers out = new Headers();
        Map<String, String> extensions = new HashMap<>(task.extensions());
        String source = extensions.remove(SOURCE);
        String spec = extensions.remove(SPEC);
        out.put(SPEC, spec == null ? "1.0" : HeaderText.encode(spec));
        put(out, ID, task.id().value());
        put(out, SOURCE, source == null ? OWN_SOURCE : source);
        put(out, TYPE, task.type());
        put(out, TIME, task.created().toString());
        put(out, CONTENT_TYPE, task.payload().contentType());
        put(out, REVISION, revision);
        putUnless(out, TAKES, takes, 0);
        putUnless(out, VERSION, task.payload().version(), 1);
        put(out, QUEUE, task.queue());
        putUnless(out, PRIORITY, task.priority(), 0);
        put(out, NOT_BEFORE, task.notBefore());
        put(out, DEADLINE, task.deadline());
        encode(out, task.policy());
        encode(out, task.history());
        UniqueKey unique = task.unique();
        if (unique != null) {
            put(out, UNIQUE, unique.key());
            put(out, UNIQUE_TTL, unique.ttl().toMillis());
        }
        put(out, PARTITION, task.partitionKey());
        TaskId parent = task.parent();
        put(out, PARENT, parent == null ? null : parent.value());
        put(out, WORKFLOW, task.workflow());
        task.headers().forEach((name, value) -> put(out, headerName(name), value));
        extensions.forEach((name, value) -> put(out, extensionName(name), value));
        return out;
    }

    private static void encode(Headers out, Policy policy) {
        put(out, MAX_ATTEMPTS, policy.maxAttempts());
        put(out, TIMEOUT, policy.timeout().toMillis());
        putUnless(out, RETENTION, policy.retention().toMillis(), 0);
        if (!policy.explicit().isEmpty()) {
            List<String> names = policy.explicit().stream()
                    .map(field -> field.name().toLowerCase(Locale.ROOT))
                    .sorted()
                    .toList();
            put(out, EXPLICIT, String.join(",", names));
        }
    }

    private static void encode(Headers out, History history) {
        putUnless(out, ATTEMPTS, history.attempts(), 0);
        putUnless(out, CRASHES, history.crashes(), 0);
        if (!history.errors().isEmpty()) {
            StringBuilder errors = new StringBuilder("[");
            for (AttemptError error : history.errors()) {
                errors.append(errors.length() > 1 ? "," : "")
                        .append(new JsonText()
                                .put("at", error.at().toString())
                                .put("attempt", error.attempt())
                                .put("error", error.error())
                                .put("message", error.message())
                                .put("stack", error.stack())
                                .put("worker", error.worker()));
            }
            out.put(ERRORS, errors.append(']').toString());
        }
    }

    /** For a task that waits for its time. */
    static Headers encode(Envelope task, long revision, long takes, Instant due) {
        Headers out = encode(task, revision, takes);
        put(out, DUE, due);
        return out;
    }

    static Headers encode(Envelope task, long revision, long takes, Death death) {
        Headers out = encode(task, revision, takes);
        put(out, DEAD_CAUSE, death.cause.name().toLowerCase(Locale.ROOT));
        put(out, DEAD_REASON, death.reason);
        put(out, DEAD_AT, death.at);
        return out;
    }

    private static String headerName(String name) {
        if (TRACE.contains(name)) {
            return ATTRIBUTE + name;
        }
        return FREE_NAME.matcher(name).matches() && !TAKEN_NAME.matcher(name).matches()
                ? name
                : HEADER + HeaderText.encodeName(name);
    }

    private static String extensionName(String name) {
        return ATTRIBUTE_NAME.matcher(name).matches() && !OURS.contains(name) && !isTrace(name)
                ? name
                : EXTENSION + HeaderText.encodeName(name);
    }

    private static boolean isTrace(String attribute) {
        return attribute.startsWith(ATTRIBUTE) && TRACE.contains(attribute.substring(ATTRIBUTE.length()));
    }

    private static void put(Headers out, String name, @Nullable Object value) {
        if (value != null) {
            out.put(name, HeaderText.encode(value.toString()));
        }
    }

    private static void putUnless(Headers out, String name, long value, long usual) {
        if (value != usual) {
            out.put(name, Long.toString(value));
        }
    }

    // ---- from NATS

    /** The same headers, to be published as ready with another revision. */
    static Headers again(Map<String, String> headers, long revision) {
        Headers out = new Headers();
        headers.forEach((name, value) -> {
            if (!name.equals(DUE) && !name.equals(REPLACES) && !name.regionMatches(true, 0, "nats-", 0, 5)) {
                out.put(name, value);
            }
        });
        return out.put(REVISION, Long.toString(revision));
    }

    static long number(Map<String, String> headers, String name) {
        String value = headers.get(name);
        try {
            return value == null ? 0 : Long.parseLong(value);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** When it is due; null: at once, or nobody knows. */
    static @Nullable Instant due(Map<String, String> headers) {
        try {
            return instant(headers, DUE);
        } catch (DateTimeException e) {
            return null;
        }
    }

    static String queue(Stored message) {
        return HeaderText.decode(message.headers().getOrDefault(QUEUE, Defaults.QUEUE));
    }

    /** Whether two messages are one task at different times of its life. */
    static boolean areSameTask(Map<String, String> one, Map<String, String> other) {
        return java.util.Objects.equals(one.get(ID), other.get(ID))
                && java.util.Objects.equals(one.get(TYPE), other.get(TYPE))
                && java.util.Objects.equals(one.get(TIME), other.get(TIME));
    }

    static Death death(Stored message) {
        String cause = message.headers().get(DEAD_CAUSE);
        Instant at = instant(message.headers(), DEAD_AT);
        return new Death(
                cause == null ? DeadCause.REFUSED : DeadCause.valueOf(cause.toUpperCase(Locale.ROOT)),
                HeaderText.decode(message.headers().getOrDefault(DEAD_REASON, "")),
                at == null ? message.time() : at);
    }

    /**
     * Reads a message; never throws.
     *
     * @param tail what stands behind the queue in its subject
     * @param foreignType the type of messages that name none; null: the tail
     */
    static Read decode(Stored message, String queue, String tail, @Nullable String foreignType) {
        Map<String, String> in = message.headers();
        boolean own = in.containsKey(REVISION);
        Payload payload = new Payload(
                message.body(), HeaderText.decode(in.getOrDefault(CONTENT_TYPE, Payload.EMPTY.contentType())), 1);
        String wireId = in.get(ID);
        String id = wireId == null ? Subjects.token(queue) + "-" + message.sequence() : HeaderText.decode(wireId);
        String wireType = in.get(TYPE);
        String type = wireType != null ? HeaderText.decode(wireType) : foreignType != null ? foreignType : tail;
        try {
            if (payload.contentType().length() > MAX_CONTENT_TYPE) {
                throw new IllegalArgumentException("its content type is longer than " + MAX_CONTENT_TYPE);
            }
            Envelope envelope =
                    read(in, new TaskId(id), Names.check("task type", type), payload, queue, message.time(), own);
            return new Read(envelope, number(in, REVISION), number(in, TAKES), own, null);
        } catch (IllegalArgumentException | DateTimeException | JsonParseException | ErrandException e) {
            String defect = "the message's headers cannot be read: " + e.getMessage();
            return new Read(unreadable(message, queue, payload), number(in, REVISION), number(in, TAKES), own, defect);
        }
    }

    private static Envelope unreadable(Stored message, String queue, Payload payload) {
        Map<String, String> kept = new HashMap<>();
        message.headers().forEach((name, value) -> {
            if (!name.equals(CONTENT_TYPE) && !name.equals(REVISION) && !name.equals(TAKES)) {
                kept.put("unreadable." + name, value);
            }
        });
        TaskId id = new TaskId(Subjects.token(queue) + "-" + message.sequence());
        Policy policy = policy(Map.of());
        Payload bytes = new Payload(payload.bytes(), Payload.EMPTY.contentType(), 1);
        Envelope bare = Envelope.of(id, "unreadable", bytes, queue, message.time(), policy);
        return withExtensions(bare, kept);
    }

    private static Envelope withExtensions(Envelope task, Map<String, String> extensions) {
        return new Envelope(
                task.id(),
                task.type(),
                task.payload(),
                task.queue(),
                task.priority(),
                task.created(),
                task.notBefore(),
                task.deadline(),
                task.history(),
                task.policy(),
                task.unique(),
                task.debounce(),
                task.partitionKey(),
                task.parent(),
                task.workflow(),
                task.headers(),
                extensions);
    }

    private static Envelope read(
            Map<String, String> in, TaskId id, String type, Payload payload, String queue, Instant stored, boolean own)
            throws JsonParseException {
        Map<String, String> headers = new HashMap<>();
        Map<String, String> extensions = new HashMap<>();
        in.forEach((name, value) -> readOther(name, value, own, headers, extensions));
        String unique = in.get(UNIQUE);
        String parent = in.get(PARENT);
        Instant created = instant(in, TIME);
        return new Envelope(
                id,
                type,
                new Payload(payload.bytes(), payload.contentType(), (int) whole(in, VERSION, 1)),
                queue,
                (int) whole(in, PRIORITY, 0),
                created == null ? stored : created,
                instant(in, NOT_BEFORE),
                instant(in, DEADLINE),
                history(in),
                policy(in),
                unique == null
                        ? null
                        : new UniqueKey(HeaderText.decode(unique), Duration.ofMillis(whole(in, UNIQUE_TTL, 0))),
                null,
                text(in, PARTITION),
                parent == null ? null : new TaskId(HeaderText.decode(parent)),
                text(in, WORKFLOW),
                headers,
                extensions);
    }

    private static void readOther(
            String name, String value, boolean own, Map<String, String> headers, Map<String, String> extensions) {
        if (OURS.contains(name)) {
            if (name.equals(SPEC) && !value.equals("1.0")) {
                extensions.put(name, HeaderText.decode(value));
            }
            return;
        }
        if (name.regionMatches(true, 0, "nats-", 0, 5) || (name.equals(SOURCE) && value.equals(OWN_SOURCE))) {
            return;
        }
        if (isTrace(name)) {
            headers.put(name.substring(ATTRIBUTE.length()), HeaderText.decode(value));
        } else if (name.startsWith(ATTRIBUTE)) {
            extensions.put(name, HeaderText.decode(value));
        } else if (name.startsWith(EXTENSION)) {
            extensions.put(HeaderText.decode(name.substring(EXTENSION.length())), HeaderText.decode(value));
        } else if (name.startsWith(HEADER)) {
            headers.put(HeaderText.decode(name.substring(HEADER.length())), HeaderText.decode(value));
        } else {
            headers.put(name, own ? HeaderText.decode(value) : value);
        }
    }

    private static Policy policy(Map<String, String> in) {
        Set<Policy.Field> explicit = EnumSet.noneOf(Policy.Field.class);
        String fields = in.get(EXPLICIT);
        if (fields != null) {
            for (String field : fields.split(",")) {
                explicit.add(Policy.Field.valueOf(field.toUpperCase(Locale.ROOT)));
            }
        }
        return new Policy(
                (int) whole(in, MAX_ATTEMPTS, Defaults.MAX_ATTEMPTS),
                Duration.ofMillis(whole(in, TIMEOUT, Defaults.TIMEOUT.toMillis())),
                Duration.ofMillis(whole(in, RETENTION, 0)),
                explicit);
    }

    private static History history(Map<String, String> in) throws JsonParseException {
        List<AttemptError> errors = new ArrayList<>();
        String json = in.get(ERRORS);
        if (json != null) {
            JsonValue all = JsonParser.parse(json);
            if (all.array == null) {
                throw new IllegalArgumentException(ERRORS + " is no list");
            }
            for (JsonValue error : all.array) {
                errors.add(new AttemptError(
                        Instant.parse(String.valueOf(JetStream.text(error, "at"))),
                        JetStream.number(error, "attempt"),
                        orEmpty(JetStream.text(error, "error")),
                        orEmpty(JetStream.text(error, "message")),
                        orEmpty(JetStream.text(error, "stack")),
                        orEmpty(JetStream.text(error, "worker"))));
            }
        }
        return new History((int) whole(in, ATTEMPTS, 0), (int) whole(in, CRASHES, 0), errors);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static @Nullable String text(Map<String, String> in, String name) {
        String value = in.get(name);
        return value == null ? null : HeaderText.decode(value);
    }

    private static @Nullable Instant instant(Map<String, String> in, String name) {
        String value = in.get(name);
        return value == null ? null : WireTime.parse(value);
    }

    private static long whole(Map<String, String> in, String name, long otherwise) {
        String value = in.get(name);
        if (value == null) {
            return otherwise;
        }
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " is '" + value + "' and no number", e);
        }
    }
}
