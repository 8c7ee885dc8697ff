package dev.errand.redis;

import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * asynq's {@code TaskMessage}: what of a task Go programs read and write. Spans and instants are whole seconds, 0 for none.
 *
 * @param type the task type
 * @param payload opaque
 * @param id the task's
 * @param queue its queue
 * @param retry the most retries: attempts less one
 * @param retried retries counted so far
 * @param errorMessage of the last failure
 * @param timeout of an attempt
 * @param deadline Unix time
 * @param uniqueKey the whole Redis key of the lock that it holds, or empty
 * @param lastFailedAt Unix time
 * @param retention after success
 * @param completedAt Unix time
 * @param group or empty
 * @param headers since asynq 0.26
 * @param unknown fields that later versions may bring, as they are
 */
record TaskMessage(
        String type,
        byte[] payload,
        String id,
        String queue,
        int retry,
        int retried,
        String errorMessage,
        long timeout,
        long deadline,
        String uniqueKey,
        long lastFailedAt,
        long retention,
        long completedAt,
        String group,
        Map<String, String> headers,
        byte[] unknown) {

    private static final byte[] NONE = {};

    /** A task without anything optional. */
    static TaskMessage of(String type, byte[] payload, String id, String queue) {
        return new TaskMessage(type, payload, id, queue, 0, 0, "", 0, 0, "", 0, 0, 0, "", Map.of(), NONE);
    }

    static TaskMessage parse(byte[] bytes) throws ProtoReader.Broken {
        Draft draft = new Draft();
        ProtoReader in = new ProtoReader(bytes);
        while (in.next()) {
            draft.read(in);
        }
        return draft.build();
    }

    byte[] encode() {
        ProtoWriter out = new ProtoWriter()
                .text(1, type)
                .bytes(2, payload)
                .text(3, id)
                .text(4, queue)
                .number(5, retry)
                .number(6, retried)
                .text(7, errorMessage)
                .number(8, timeout)
                .number(9, deadline)
                .text(10, uniqueKey)
                .number(11, lastFailedAt)
                .number(12, retention)
                .number(13, completedAt)
                .text(14, group);
        new TreeMap<>(headers)
                .forEach((name, value) ->
                        out.message(15, entry -> entry.text(1, name).text(2, value)));
        return out.raw(unknown).toBytes();
    }

    private static final class Draft {
        private String type = "";
        private byte[] payload = NONE;
        private String id = "";
        private String queue = "";
        private int retry;
        private int retried;
        private String errorMessage = "";
        private long timeout;
        private long deadline;
        private String uniqueKey = "";
        private long lastFailedAt;
        private long retention;
        private long completedAt;
        private String group = "";
        private final Map<String, String> headers = new LinkedHashMap<>();
        private final ByteArrayOutputStream unknown = new ByteArrayOutputStream(0);

        private void read(ProtoReader in) throws ProtoReader.Broken {
            switch (in.field()) {
                case 1 -> type = in.text();
                case 2 -> payload = in.bytes();
                case 3 -> id = in.text();
                case 4 -> queue = in.text();
                case 5 -> retry = (int) in.number();
                case 6 -> retried = (int) in.number();
                case 7 -> errorMessage = in.text();
                case 8 -> timeout = in.number();
                case 9 -> deadline = in.number();
                case 10 -> uniqueKey = in.text();
                case 11 -> lastFailedAt = in.number();
                case 12 -> retention = in.number();
                case 13 -> completedAt = in.number();
                case 14 -> group = in.text();
                case 15 -> readHeader(in.message());
                default -> unknown.writeBytes(in.skip());
            }
        }

        private void readHeader(ProtoReader in) throws ProtoReader.Broken {
            String name = "";
            String value = "";
            while (in.next()) {
                switch (in.field()) {
                    case 1 -> name = in.text();
                    case 2 -> value = in.text();
                    default -> in.skip();
                }
            }
            headers.put(name, value);
        }

        private TaskMessage build() {
            return new TaskMessage(
                    type,
                    payload,
                    id,
                    queue,
                    retry,
                    retried,
                    errorMessage,
                    timeout,
                    deadline,
                    uniqueKey,
                    lastFailedAt,
                    retention,
                    completedAt,
                    group,
                    headers,
                    unknown.toByteArray());
        }
    }
}
