package dev.errand.redis;

import dev.errand.ErrandException;
import dev.errand.InvalidTaskException;
import dev.errand.TaskId;
import dev.errand.broker.Envelope;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts another envelope into the place of a task that waits. In its queue that is one step. To another queue, which is in another
 * slot, it takes three: the task leaves and rests under a key of ours, arrives, and is forgotten there; whoever does upkeep
 * finishes what a process has left half done, and each move arrives once. Stateless.
 */
final class Rewriting {
    private static final Logger log = LoggerFactory.getLogger(Rewriting.class);
    /** A move that takes longer has lost its process. */
    private static final Duration ABANDONED = Duration.ofSeconds(2);

    private static final int SLICE = 100;
    /** Fields of a task on its way, about the way. */
    private static final String OF_MOVE = "e:m:";

    private final RedisBroker broker;

    Rewriting(RedisBroker broker) {
        this.broker = broker;
    }

    /**
     * Changes the task if it is as it was found.
     *
     * @param due until when it waits; null: it is ready
     * @param replacedBy the enqueues that have taken the task's place, if one does now: nothing of its attempts is kept then
     * @return false if it is not as it was
     */
    boolean rewrite(Reading.Found found, Envelope next, @Nullable Instant due, byte @Nullable [] replacedBy) {
        boolean moves = !next.queue().equals(found.queue());
        Envelope task = moves
                ? Messages.withoutForeignLock(next)
                : Messages.withLockOf(found.info().envelope(), next);
        Messages.Stored stored = Messages.encode(task);
        byte[] id = Keys.bytes(next.id().value());
        Arguments arguments = now().add(id)
                .add(found.message())
                .add(found.extras())
                .add(stored.message())
                .add(stored.extras())
                .add(due == null ? "" : Long.toString(Messages.millis(due)))
                .add(replacedBy == null ? "" : "1")
                .add(replacedBy == null ? Arguments.EMPTY : replacedBy);
        if (!moves) {
            return broker.link().count(Script.REWRITE, found.queue(), arguments) == 1;
        }
        requireFree(next.queue(), next.id());
        broker.queues().register(List.of(next.queue()));
        String name = "m:%016x".formatted(broker.context().random().nextLong());
        if (broker.link()
                        .count(
                                Script.MOVE,
                                found.queue(),
                                arguments.add(next.queue()).add(name))
                == 0) {
            return false;
        }
        arrive(found.queue(), id);
        return true;
    }

    private void requireFree(String queue, TaskId id) {
        if (broker.link().call(c -> c.exists(new byte[][] {Keys.task(queue, id.value())})) > 0) {
            throw new InvalidTaskException("Task " + id + " cannot go to queue " + queue
                    + ", because an asynq client has stored another task of that id there; delete one of them");
        }
    }

    /** Has a task arrive that is on its way: any number may do so. */
    void arrive(String from, byte[] id) {
        Map<String, byte[]> fields = new LinkedHashMap<>();
        broker.link()
                .call(c -> c.hgetall(Keys.moved(from, id)))
                .forEach((field, value) -> fields.put(Keys.text(field), value));
        if (fields.containsKey("msg")) {
            String to = text(fields, "to");
            if (!arrive(to, id, text(fields, "name"), fields)
                    && !arrive(from, id, text(fields, "name") + " back", fields)) {
                throw new InvalidTaskException(
                        "Task " + Keys.text(id) + " is neither welcome in queue " + to + " nor back in queue " + from
                                + ", because asynq clients have stored others of that id; delete one of them");
            }
        }
        broker.link().<Long>call(c -> {
            Link.unawaited(c.del(new byte[][] {Keys.moved(from, id)}));
            return c.zrem(Keys.moving(from), new byte[][] {id});
        });
    }

    private static String text(Map<String, byte[]> fields, String name) {
        return Keys.text(fields.getOrDefault(OF_MOVE + name, Arguments.EMPTY));
    }

    private boolean arrive(String queue, byte[] id, String name, Map<String, byte[]> fields) {
        Instant now = broker.time().now();
        byte[] message = fields.getOrDefault("msg", Arguments.EMPTY);
        byte[] extras = fields.getOrDefault("e", Arguments.EMPTY);
        String lock = "";
        long seconds = 0;
        try {
            Envelope task = Messages.decode(message, extras, now).withQueue(queue);
            Messages.Stored stored = Messages.encode(task);
            message = stored.message();
            extras = stored.extras();
            lock = Messages.lockOf(task);
            seconds = UniqueKeys.lockSeconds(task, now.toEpochMilli());
        } catch (ProtoReader.Broken e) {
            log.debug("A task on its way cannot be read", e);
        }
        Arguments arguments = now().add(id)
                .add(name)
                .add(text(fields, "order"))
                .add(text(fields, "due"))
                .add(lock)
                .add(seconds)
                .add("msg")
                .add(message)
                .add("e")
                .add(extras);
        fields.forEach((field, value) -> {
            if (!field.equals("msg") && !field.equals("e") && !field.startsWith(OF_MOVE)) {
                arguments.add(field).add(value);
            }
        });
        return broker.link().count(Script.ARRIVE, queue, arguments) == 1;
    }

    /** Finishes what others have begun and left. */
    void finishAbandoned(List<String> queues) {
        long until = broker.time().now().minus(ABANDONED).toEpochMilli();
        var connection = broker.link().connection();
        Map<String, CompletableFuture<List<byte[]>>> looks = new LinkedHashMap<>();
        for (String queue : queues) {
            looks.put(
                    queue,
                    connection
                            .async()
                            .zrangebyscore(Keys.moving(queue), Range.create(0L, until), Limit.create(0, SLICE))
                            .toCompletableFuture());
        }
        Map<String, List<byte[]>> abandoned = new LinkedHashMap<>();
        looks.forEach((queue, look) ->
                abandoned.put(queue, new ArrayList<>(broker.link().await(connection, look))));
        abandoned.forEach((queue, ids) -> ids.forEach(id -> {
            try {
                arrive(queue, id);
            } catch (InvalidTaskException e) {
                log.error("A task cannot move: {}", e.getMessage());
            } catch (ErrandException e) {
                log.debug("A task that moves has not arrived yet; it is tried again", e);
            }
        }));
    }

    private Arguments now() {
        return Arguments.at(broker.time().now().toEpochMilli());
    }
}
