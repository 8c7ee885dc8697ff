package dev.errand.redis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** The names of asynq's keys and of ours beside them. All keys of a queue carry its hash tag and so are in one slot. */
final class Keys {
    /** The names of all queues. */
    static final byte[] QUEUES = bytes("asynq:queues");
    /** Payload: the id of a task that is to stop. */
    static final byte[] CANCEL_CHANNEL = bytes("asynq:cancel");
    /** Ours: something falls due earlier than anything before. */
    static final byte[] DUE_CHANNEL = bytes("asynq:errand:due");
    /** Ours: the id of an awaited task that has ended. */
    static final byte[] ENDED_CHANNEL = bytes("asynq:errand:ended");
    /** Ours: a paused queue goes on. */
    static final byte[] RESUMED_CHANNEL = bytes("asynq:errand:resumed");
    /** Ours: a schedule may be due earlier than before. */
    static final byte[] SCHEDULES_CHANNEL = bytes("asynq:errand:schedules");
    /** Ours: what all keys of schedules start with; they are in one slot. */
    static final String SCHEDULES = "asynq:errand:{schedules}:";
    /** Ours: some worker has shown the schedules to asynq's tools lately. */
    static final byte[] SCHEDULES_SHOWN = bytes("asynq:errand:schedules:shown");
    /** Ours: worker id to what it is. */
    static final byte[] WORKERS = bytes("asynq:errand:workers");

    /** The keys of all lists of scheduler entries. */
    static final byte[] SCHEDULERS = bytes("asynq:schedulers");
    /** Our list, one for all workers, because they share the schedules. */
    static final byte[] SCHEDULER = bytes("asynq:schedulers:{errand}");

    static final byte[] SERVERS = bytes("asynq:servers");
    static final byte[] WORKER_LISTS = bytes("asynq:workers");

    private Keys() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** What all keys of a queue start with. */
    static String prefix(String queue) {
        return "asynq:{" + queue + "}:";
    }

    static byte[] pending(String queue) {
        return bytes(prefix(queue) + "pending");
    }

    static byte[] paused(String queue) {
        return bytes(prefix(queue) + "paused");
    }

    static byte[] task(String queue, String id) {
        return bytes(prefix(queue) + "t:" + id);
    }

    /** Lives for a few seconds after the last beat of a worker. */
    static byte[] alive(String worker) {
        return bytes("asynq:errand:alive:" + worker);
    }

    /** The record of one type and unique key, in a slot of its own. */
    static byte[] unique(String type, String key) {
        return bytes("asynq:errand:{u:" + hex("SHA-256", bytes(type + '\0' + key)) + "}");
    }

    /** What the keys of one type and debounce key start with, in a slot of its own. */
    static String debounced(String type, String key) {
        return "asynq:errand:{d:" + hex("SHA-256", bytes(type + '\0' + key)) + "}:";
    }

    /** A task on its way from this queue to another. */
    static byte[] moved(String queue, byte[] id) {
        byte[] prefix = bytes(prefix(queue) + "errand:m:");
        byte[] key = Arrays.copyOf(prefix, prefix.length + id.length);
        System.arraycopy(id, 0, key, prefix.length, id.length);
        return key;
    }

    /** Tasks on their way from this queue to others. */
    static byte[] moving(String queue) {
        return bytes(prefix(queue) + "errand:moving");
    }

    /** When asynq's tools see a schedule's tasks enqueued. */
    static byte[] schedulerHistory(String entry) {
        return bytes("asynq:scheduler_history:" + entry);
    }

    /** asynq's own lock, for tasks that are unique by their payload. */
    static String lock(String queue, String type, byte[] payload) {
        return prefix(queue) + "unique:" + type + ":" + hex("MD5", payload);
    }

    /** The key that the client gives to a task that is unique by its payload. */
    static String ofPayload(byte[] payload) {
        return hex("SHA-256", payload);
    }

    static byte[] server(String host, long pid, String id) {
        return bytes("asynq:servers:{" + host + ":" + pid + ":" + id + "}");
    }

    static byte[] workerList(String host, long pid, String id) {
        return bytes("asynq:workers:{" + host + ":" + pid + ":" + id + "}");
    }

    private static String hex(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + algorithm, e);
        }
    }
}
