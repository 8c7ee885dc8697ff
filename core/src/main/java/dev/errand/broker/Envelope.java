package dev.errand.broker;

import dev.errand.TaskId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A task as it travels: one record for all brokers, each of which maps it to its own means. What an adapter finds beside
 * the fields that it knows goes into {@code extensions}, so that unknown fields survive every rewrite. Instants carry
 * milliseconds.
 *
 * @param id names the task
 * @param type the wire name of its task type
 * @param payload what the handler gets, encoded
 * @param queue where it waits
 * @param priority within the queue, higher first, 0 by default; ignored without {@link Capability#PRIORITY}
 * @param created when it was enqueued, by the client's clock
 * @param notBefore the earliest time of its first run; null: at once
 * @param deadline after which it is not run any more; null: none
 * @param history attempts, crashes and errors so far
 * @param policy as it was at the enqueue
 * @param unique its uniqueness; null: none
 * @param debounce what replaces it while it waits; null: nothing does
 * @param partitionKey tasks of one key keep their order where the broker offers that; null: none
 * @param parent the task whose handler enqueued it; null: none
 * @param workflow what it is a part of; null: none
 * @param headers the user's and the trace context's ({@code traceparent}, {@code tracestate})
 * @param extensions what the adapter found and does not know
 */
public record Envelope(
        TaskId id,
        String type,
        Payload payload,
        String queue,
        int priority,
        Instant created,
        @Nullable Instant notBefore,
        @Nullable Instant deadline,
        History history,
        Policy policy,
        @Nullable UniqueKey unique,
        @Nullable Debounce debounce,
        @Nullable String partitionKey,
        @Nullable TaskId parent,
        @Nullable String workflow,
        Map<String, String> headers,
        Map<String, String> extensions) {

    /** Truncates the instants to milliseconds and copies the maps. */
    public Envelope {
        created = created.truncatedTo(ChronoUnit.MILLIS);
        notBefore = notBefore == null ? null : ceilToMillis(notBefore);
        deadline = deadline == null ? null : deadline.truncatedTo(ChronoUnit.MILLIS);
        headers = Map.copyOf(headers);
        extensions = Map.copyOf(extensions);
    }

    /** A task that starts its life now: no history, priority 0, nothing optional set. */
    public static Envelope of(TaskId id, String type, Payload payload, String queue, Instant created, Policy policy) {
        return new Envelope(
                id,
                type,
                payload,
                queue,
                0,
                created,
                null,
                null,
                History.NONE,
                policy,
                null,
                null,
                null,
                null,
                null,
                Map.of(),
                Map.of());
    }

    /** The same task with another history. */
    public Envelope withHistory(History next) {
        Draft draft = new Draft(this);
        draft.history = next;
        return draft.build();
    }

    /** The same task with another earliest time. */
    public Envelope withNotBefore(@Nullable Instant next) {
        Draft draft = new Draft(this);
        draft.notBefore = next;
        return draft.build();
    }

    /** The same task with another payload. */
    public Envelope withPayload(Payload next) {
        Draft draft = new Draft(this);
        draft.payload = next;
        return draft.build();
    }

    /** The same task in another queue. */
    public Envelope withQueue(String next) {
        Draft draft = new Draft(this);
        draft.queue = next;
        return draft.build();
    }

    /** The same task with another policy. */
    public Envelope withPolicy(Policy next) {
        Draft draft = new Draft(this);
        draft.policy = next;
        return draft.build();
    }

    /** The same task with another deadline. */
    public Envelope withDeadline(@Nullable Instant next) {
        Draft draft = new Draft(this);
        draft.deadline = next;
        return draft.build();
    }

    /** The same task with a uniqueness. */
    public Envelope withUnique(@Nullable UniqueKey next) {
        Draft draft = new Draft(this);
        draft.unique = next;
        return draft.build();
    }

    /** The same task with another rule of what replaces it. */
    public Envelope withDebounce(@Nullable Debounce next) {
        Draft draft = new Draft(this);
        draft.debounce = next;
        return draft.build();
    }

    /**
     * This task in the place of a waiting one of the same debounce key: it has that one's id, time of enqueueing, errors and
     * latest time, and its own everything else. Its attempts and crashes start anew.
     */
    public Envelope replacing(Envelope waiting) {
        Debounce kept = waiting.debounce;
        Instant due = notBefore;
        if (kept != null && due != null && due.isAfter(kept.latest())) {
            due = kept.latest();
        }
        return new Envelope(
                waiting.id,
                type,
                payload,
                queue,
                priority,
                waiting.created,
                due,
                deadline,
                waiting.history.redriven(),
                policy,
                unique,
                kept,
                partitionKey,
                parent,
                workflow,
                headers,
                extensions);
    }

    /** The same task under another id: another task. */
    public Envelope withId(TaskId next) {
        Draft draft = new Draft(this);
        draft.id = next;
        return draft.build();
    }

    /** The same task with other headers. */
    public Envelope withHeaders(Map<String, String> next) {
        Draft draft = new Draft(this);
        draft.headers = next;
        return draft.build();
    }

    /** The same task with other extensions. */
    public Envelope withExtensions(Map<String, String> next) {
        Draft draft = new Draft(this);
        draft.extensions = next;
        return draft.build();
    }

    /** The same task with another priority. */
    public Envelope withPriority(int next) {
        Draft draft = new Draft(this);
        draft.priority = next;
        return draft.build();
    }

    /** The same task with a partition key. */
    public Envelope withPartitionKey(@Nullable String next) {
        Draft draft = new Draft(this);
        draft.partitionKey = next;
        return draft.build();
    }

    /** The same task with a parent. */
    public Envelope withParent(@Nullable TaskId next) {
        Draft draft = new Draft(this);
        draft.parent = next;
        return draft.build();
    }

    /**
     * Whether {@code stored} is what an earlier try of this very enqueue left behind: brokers answer a repeated enqueue,
     * after a lost answer, with {@link Receipt.Stored} instead of a duplicate. A debounced task may have been replaced since.
     */
    public boolean isRepeatOf(Envelope stored) {
        return id.equals(stored.id)
                && type.equals(stored.type)
                && created.equals(stored.created)
                && (payload.equals(stored.payload) || stored.debounce != null);
    }

    /** Rounded up, so that nothing ever runs early. */
    static Instant ceilToMillis(Instant at) {
        Instant floor = at.truncatedTo(ChronoUnit.MILLIS);
        boolean isLast = at.getEpochSecond() == Instant.MAX.getEpochSecond();
        return floor.equals(at) || isLast ? floor : floor.plusMillis(1);
    }

    /** A copy under change: the one place that repeats the list of fields. */
    private static final class Draft {
        private TaskId id;
        private final String type;
        private Payload payload;
        private String queue;
        private int priority;
        private final Instant created;
        private @Nullable Instant notBefore;
        private @Nullable Instant deadline;
        private History history;
        private Policy policy;
        private @Nullable UniqueKey unique;
        private @Nullable Debounce debounce;
        private @Nullable String partitionKey;
        private @Nullable TaskId parent;
        private final @Nullable String workflow;
        private Map<String, String> headers;
        private Map<String, String> extensions;

        Draft(Envelope from) {
            id = from.id;
            type = from.type;
            payload = from.payload;
            queue = from.queue;
            priority = from.priority;
            created = from.created;
            notBefore = from.notBefore;
            deadline = from.deadline;
            history = from.history;
            policy = from.policy;
            unique = from.unique;
            debounce = from.debounce;
            partitionKey = from.partitionKey;
            parent = from.parent;
            workflow = from.workflow;
            headers = from.headers;
            extensions = from.extensions;
        }

        Envelope build() {
            return new Envelope(
                    id,
                    type,
                    payload,
                    queue,
                    priority,
                    created,
                    notBefore,
                    deadline,
                    history,
                    policy,
                    unique,
                    debounce,
                    partitionKey,
                    parent,
                    workflow,
                    headers,
                    extensions);
        }
    }
}
