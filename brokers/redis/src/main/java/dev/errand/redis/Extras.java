package dev.errand.redis;

import dev.errand.AttemptError;
import dev.errand.broker.Debounce;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.UniqueKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an envelope has and asynq's message has not: the hash field {@code e} of a task, which Go programs leave alone. A
 * protocol buffer of our own. Attempts are not here: asynq counts them, too.
 *
 * @param foreign whether an asynq client made the task; then the message's own policy counts
 * @param created milliseconds, as all times here
 * @param notBefore or null
 * @param deadline or null
 * @param timeout of an attempt
 * @param retention after the end
 * @param explicit what was set for this task alone
 * @param contentType the payload's
 * @param version the payload's
 * @param priority within the queue
 * @param uniqueKey or null
 * @param uniqueTtl of the unique key
 * @param debounceKey or null
 * @param debounceLatest until when the task may be postponed
 * @param partitionKey or null
 * @param parent or null
 * @param workflow or null
 * @param extensions unknown fields of the envelope
 * @param crashes runs that ended with their worker
 * @param errors the last ones
 */
record Extras(
        boolean foreign,
        long created,
        @Nullable Long notBefore,
        @Nullable Long deadline,
        long timeout,
        long retention,
        Set<Policy.Field> explicit,
        String contentType,
        int version,
        int priority,
        @Nullable String uniqueKey,
        long uniqueTtl,
        @Nullable String debounceKey,
        long debounceLatest,
        @Nullable String partitionKey,
        @Nullable String parent,
        @Nullable String workflow,
        Map<String, String> extensions,
        int crashes,
        List<AttemptError> errors) {

    byte[] encode() {
        ProtoWriter out = new ProtoWriter().number(1, created);
        instant(out, 2, notBefore);
        instant(out, 3, deadline);
        out.number(4, timeout).number(5, retention).number(6, bits(explicit));
        out.text(7, contentType).number(8, version).number(9, priority);
        out.text(10, uniqueKey).number(11, uniqueTtl);
        out.text(12, partitionKey).text(13, parent).text(14, workflow);
        extensions.forEach(
                (name, value) -> out.message(15, entry -> entry.text(1, name).text(2, value)));
        out.number(16, crashes);
        for (AttemptError error : errors) {
            out.message(
                    17,
                    inner -> inner.numberAlways(1, error.at().toEpochMilli())
                            .number(2, error.attempt())
                            .text(3, error.error())
                            .text(4, error.message())
                            .text(5, error.stack())
                            .text(6, error.worker()));
        }
        out.flag(18, foreign).text(19, debounceKey);
        if (debounceKey != null) {
            out.numberAlways(20, debounceLatest);
        }
        return out.toBytes();
    }

    private static void instant(ProtoWriter out, int field, @Nullable Long value) {
        if (value != null) {
            out.numberAlways(field, value);
        }
    }

    private static int bits(Set<Policy.Field> fields) {
        int bits = 0;
        for (Policy.Field field : fields) {
            bits |= 1 << field.ordinal();
        }
        return bits;
    }

    private static Set<Policy.Field> fields(long bits) {
        Set<Policy.Field> fields = EnumSet.noneOf(Policy.Field.class);
        for (Policy.Field field : Policy.Field.values()) {
            if ((bits & (1L << field.ordinal())) != 0) {
                fields.add(field);
            }
        }
        return fields;
    }

    static Extras parse(byte[] bytes) throws ProtoReader.Broken {
        Draft draft = new Draft();
        ProtoReader in = new ProtoReader(bytes);
        while (in.next()) {
            draft.read(in);
        }
        return draft.build();
    }

    private static final class Draft {
        private boolean foreign;
        private long created;
        private @Nullable Long notBefore;
        private @Nullable Long deadline;
        private long timeout;
        private long retention;
        private Set<Policy.Field> explicit = Set.of();
        private String contentType = "";
        private int version;
        private int priority;
        private @Nullable String uniqueKey;
        private long uniqueTtl;
        private @Nullable String debounceKey;
        private long debounceLatest;
        private @Nullable String partitionKey;
        private @Nullable String parent;
        private @Nullable String workflow;
        private final Map<String, String> extensions = new LinkedHashMap<>();
        private int crashes;
        private final List<AttemptError> errors = new ArrayList<>();

        private void read(ProtoReader in) throws ProtoReader.Broken {
            switch (in.field()) {
                case 1 -> created = in.number();
                case 2 -> notBefore = in.number();
                case 3 -> deadline = in.number();
                case 4 -> timeout = in.number();
                case 5 -> retention = in.number();
                case 6 -> explicit = fields(in.number());
                case 7 -> contentType = in.text();
                case 8 -> version = (int) in.number();
                case 9 -> priority = (int) in.number();
                case 10 -> uniqueKey = in.text();
                case 11 -> uniqueTtl = in.number();
                case 12 -> partitionKey = in.text();
                case 13 -> parent = in.text();
                case 14 -> workflow = in.text();
                case 15 -> readExtension(in.message());
                case 16 -> crashes = (int) in.number();
                case 17 -> errors.add(readError(in.message()));
                case 18 -> foreign = in.flag();
                case 19 -> debounceKey = in.text();
                case 20 -> debounceLatest = in.number();
                default -> in.skip();
            }
        }

        private void readExtension(ProtoReader in) throws ProtoReader.Broken {
            String name = "";
            String value = "";
            while (in.next()) {
                switch (in.field()) {
                    case 1 -> name = in.text();
                    case 2 -> value = in.text();
                    default -> in.skip();
                }
            }
            extensions.put(name, value);
        }

        private static AttemptError readError(ProtoReader in) throws ProtoReader.Broken {
            long at = 0;
            int attempt = 0;
            String[] texts = {"", "", "", ""};
            while (in.next()) {
                switch (in.field()) {
                    case 1 -> at = in.number();
                    case 2 -> attempt = (int) in.number();
                    case 3, 4, 5, 6 -> texts[in.field() - 3] = in.text();
                    default -> in.skip();
                }
            }
            return new AttemptError(Instant.ofEpochMilli(at), attempt, texts[0], texts[1], texts[2], texts[3]);
        }

        private Extras build() {
            return new Extras(
                    foreign,
                    created,
                    notBefore,
                    deadline,
                    timeout,
                    retention,
                    explicit,
                    contentType,
                    version,
                    priority,
                    uniqueKey,
                    uniqueTtl,
                    debounceKey,
                    debounceLatest,
                    partitionKey,
                    parent,
                    workflow,
                    extensions,
                    crashes,
                    errors);
        }
    }

    /** Of a task that an asynq client made and nobody of ours has changed yet. */
    static Extras ofForeign(Instant seen) {
        Draft draft = new Draft();
        draft.foreign = true;
        draft.created = seen.toEpochMilli();
        draft.contentType = Payload.EMPTY.contentType();
        draft.version = 1;
        return draft.build();
    }

    @Nullable
    UniqueKey unique() {
        return uniqueKey == null ? null : new UniqueKey(uniqueKey, Duration.ofMillis(uniqueTtl));
    }

    @Nullable
    Debounce debounce() {
        return debounceKey == null ? null : new Debounce(debounceKey, Instant.ofEpochMilli(debounceLatest));
    }
}
