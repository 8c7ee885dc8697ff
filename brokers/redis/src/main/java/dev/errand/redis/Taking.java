package dev.errand.redis;

import dev.errand.DeadCause;
import dev.errand.ErrandException;
import dev.errand.InvalidTaskException;
import dev.errand.TaskId;
import dev.errand.broker.AttemptToken;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.Lease;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.TakeRequest;
import dev.errand.broker.WorkerSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes ready tasks: one script call for each queue. All tasks of a call share a nonce, by which what a lost answer has taken
 * is found again and given back. Used by the one thread that takes; {@link #reclaimLost} by any.
 */
final class Taking {
    private static final Logger log = LoggerFactory.getLogger(Taking.class);
    private static final int MOST = 1_000;
    private static final int LOOKS = 3;
    /** How many tasks a call looks at when some types have no room. */
    private static final int SLICE = 500;
    /** How many a take passes over at the most. */
    private static final int MOST_PASSED = 10_000;
    /** What a task is called whose message cannot be read. */
    private static final String UNREADABLE = "asynq.unreadable";

    private static final int FIELDS = 5;

    /** A take without an answer. */
    private record Lost(String queue, String nonce, int looks) {}

    private final RedisBroker broker;
    private final WorkerSpec spec;
    private final Held held;
    private final Set<String> paused = ConcurrentHashMap.newKeySet();
    /** Queues with tasks that were passed over. */
    private final Set<String> crowded = ConcurrentHashMap.newKeySet();

    private final ConcurrentLinkedQueue<Lost> lost = new ConcurrentLinkedQueue<>();

    Taking(RedisBroker broker, WorkerSpec spec, Held held) {
        this.broker = broker;
        this.spec = spec;
        this.held = held;
    }

    /** Whether a waker would find something that cannot be taken: the queue is paused, or has only types without room. */
    boolean isHeldBack(String queue) {
        return paused.contains(queue) || crowded.contains(queue);
    }

    boolean sawHeldBack() {
        return !paused.isEmpty() || !crowded.isEmpty();
    }

    /** What is there now, of the queues that are not known to be empty. */
    List<Delivery> take(TakeRequest request, Predicate<String> empty) {
        reclaimLost();
        List<Delivery> all = new ArrayList<>();
        Map<String, Integer> types = new HashMap<>(request.typeRoom());
        for (TakeRequest.Demand demand : request.demands()) {
            int room = Math.min(Math.min(demand.max(), request.max() - all.size()), MOST);
            if (room > 0 && !empty.test(demand.queue())) {
                try {
                    if (types.isEmpty()) {
                        crowded.remove(demand.queue());
                        takeFrom(demand.queue(), room, all);
                    } else {
                        takeSome(demand.queue(), room, types, all);
                    }
                } catch (ErrandException e) {
                    if (all.isEmpty()) {
                        throw e;
                    }
                    return all; // the next take says so
                }
            }
        }
        return all;
    }

    private void takeFrom(String queue, int room, List<Delivery> into) {
        Instant now = broker.time().now();
        long nonce = broker.context().random().nextLong();
        String nonceText = "%016x".formatted(nonce);
        Arguments arguments = arguments(room, now, nonceText);
        List<?> answer = run(Script.TAKE, queue, arguments, nonceText);
        if (answer.size() == 1) {
            if (Keys.text((byte[]) answer.getFirst()).equals("paused")) {
                paused.add(queue);
            } else {
                paused.remove(queue);
            }
            return;
        }
        paused.remove(queue);
        acceptAll(queue, answer, 0, nonce, now, into);
    }

    private Arguments arguments(int room, Instant now, String nonce) {
        return Arguments.at(now.toEpochMilli())
                .add(room)
                .add(now.plus(spec.lease()).toEpochMilli())
                .add(spec.id())
                .add(nonce);
    }

    private List<?> run(Script script, String queue, Arguments arguments, String nonce) {
        try {
            return broker.link().run(script, queue, arguments);
        } catch (ErrandException e) {
            lost.add(new Lost(queue, nonce, LOOKS));
            throw e;
        }
    }

    private void acceptAll(String queue, List<?> answer, int from, long nonce, Instant now, List<Delivery> into) {
        for (int i = from; i + FIELDS <= answer.size(); i += FIELDS) {
            accept(queue, answer.subList(i, i + FIELDS), nonce, now, into);
        }
    }

    /** Passes over tasks of types without room, in slices, so that the server is never held up for long. */
    private void takeSome(String queue, int room, Map<String, Integer> types, List<Delivery> into) {
        Instant now = broker.time().now();
        long nonce = broker.context().random().nextLong();
        String nonceText = "%016x".formatted(nonce);
        List<String> names = List.copyOf(types.keySet());
        int left = room;
        int passed = 0;
        while (left > 0 && passed < MOST_PASSED) {
            Arguments arguments = arguments(left, now, nonceText).add(passed).add(SLICE);
            names.forEach(name -> arguments.add(name).add(types.getOrDefault(name, 0)));
            List<?> answer = run(Script.TAKESOME, queue, arguments, nonceText);
            if (answer.size() == 1) {
                paused.add(queue);
                return;
            }
            paused.remove(queue);
            int looked = (int) (long) (Long) answer.get(1);
            for (int i = 0; i < names.size(); i++) {
                types.merge(names.get(i), -(int) (long) (Long) answer.get(2 + i), Integer::sum);
            }
            int before = into.size();
            acceptAll(queue, answer, 2 + names.size(), nonce, now, into);
            left -= into.size() - before;
            passed += (int) (long) (Long) answer.get(0);
            if (looked < SLICE) {
                break;
            }
        }
        if (passed > 0) {
            crowded.add(queue);
        } else {
            crowded.remove(queue);
        }
    }

    private void accept(String queue, List<?> fields, long nonce, Instant now, List<Delivery> into) {
        byte[] id = (byte[]) fields.get(0);
        byte[] message = (byte[]) fields.get(1);
        byte[] extras = (byte[]) fields.get(2);
        String run = Keys.text((byte[]) fields.get(3));
        byte[] pendingSince = (byte[]) fields.get(4);
        Instant since = Reading.nanos(pendingSince, now);
        if (run.isEmpty()) {
            freeKey(message, extras, now);
            return;
        }
        TaskId task;
        try {
            task = TaskId.of(Keys.text(id));
        } catch (InvalidTaskException e) {
            setAside(queue, id, run, message, String.valueOf(e.getMessage()));
            return;
        }
        AttemptToken token = new AttemptToken(Long.parseLong(run.substring(0, run.indexOf('-'))), nonce);
        Lease lease = new Lease(task, queue, token);
        Delivery delivery;
        try {
            Envelope envelope = Messages.decode(message, extras, since);
            delivery = envelope.id().equals(task)
                    ? new Delivery(envelope, lease, null, pendingSince.length == 0 ? null : since)
                    : unreadable(task, queue, message, now, lease, "it says that its id is " + envelope.id());
        } catch (ProtoReader.Broken e) {
            delivery = unreadable(task, queue, message, now, lease, String.valueOf(e.getMessage()));
        }
        held.add(new Held.Run(lease, delivery.envelope(), now));
        into.add(delivery);
    }

    private static Delivery unreadable(TaskId id, String queue, byte[] message, Instant now, Lease lease, String why) {
        Envelope stub = Envelope.of(
                id,
                UNREADABLE,
                new Payload(message, Payload.EMPTY.contentType(), 1),
                queue,
                now,
                new Policy(1, Duration.ofMinutes(1), Duration.ZERO, Set.of()));
        return new Delivery(stub, lease, "The message is none of asynq's: " + why, null);
    }

    /** A task with an id that nobody could name: it is archived with its bytes, readable for asynq's tools. */
    private void setAside(String queue, byte[] id, String run, byte[] message, String why) {
        log.warn("A task of queue {} was archived, because its id is not valid: {}", queue, why);
        Instant now = broker.time().now();
        String text = Keys.text(id);
        byte[] readable = TaskMessage.of(UNREADABLE, message, text.isBlank() ? "?" : text, queue)
                .encode();
        broker.link()
                .run(
                        Script.SETTLE,
                        queue,
                        Settling.opening(now)
                                .add(id)
                                .add(run)
                                .add("X")
                                .add(readable)
                                .add(Arguments.EMPTY)
                                .add(0)
                                .add(DeadCause.UNDECODABLE + "\n" + why)
                                .add(Arguments.EMPTY)
                                .add(""));
    }

    private void freeKey(byte[] message, byte[] extras, Instant now) {
        try {
            broker.uniqueKeys().free(Messages.decode(message, extras, now));
        } catch (ProtoReader.Broken e) {
            log.debug("A cancelled task cannot be read, so it has no unique key", e);
        }
    }

    /** Gives back what takes without an answer may have taken. A command may be carried out late, so that it looks again. */
    void reclaimLost() {
        int count = lost.size();
        for (int i = 0; i < count; i++) {
            Lost each = lost.poll();
            if (each == null) {
                return;
            }
            try {
                int found = broker.heldTasks().giveBack(each.queue(), spec.id(), each.nonce());
                if (found > 0) {
                    log.info("{} tasks of queue {} came back: the answer to their take was lost", found, each.queue());
                }
                if (each.looks() > 1) {
                    lost.add(new Lost(each.queue(), each.nonce(), each.looks() - 1));
                }
            } catch (ErrandException e) {
                lost.add(each);
                throw e;
            }
        }
    }
}
