package dev.errand.redis;

import dev.errand.AttemptError;
import dev.errand.InvalidTaskException;
import dev.errand.broker.Envelope;
import dev.errand.broker.History;
import dev.errand.broker.WorkerRegistry.Registered;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes back what dead workers held, and what is held past its lease. Ours count a crash and go to the front at once; what an
 * asynq worker held is dealt with as asynq does: half a minute after its lease, as a failed attempt. A message that cannot be
 * read is archived alone; in asynq it stops all recovery.
 */
final class Recovering {
    private static final Logger log = LoggerFactory.getLogger(Recovering.class);
    private static final int PER_CALL = 250;
    private static final String ASYNQ_EXPIRED = "asynq: task lease expired";
    private static final String UNREADABLE = "asynq.unreadable";

    private final RedisBroker broker;

    Recovering(RedisBroker broker) {
        this.broker = broker;
    }

    int recover(List<String> queues, int max) {
        int recovered = takeFromTheDead();
        if (queues.isEmpty()) {
            return recovered;
        }
        int limit = Math.max(1, max - recovered);
        Instant now = broker.time().now();
        List<Link.Run> runs = new ArrayList<>();
        for (String queue : queues) {
            runs.add(Link.Run.on(
                    Script.LAPSED, queue, Arguments.at(now.toEpochMilli()).add(limit)));
        }
        List<List<?>> answers = broker.link().runAll(runs);
        for (int i = 0; i < queues.size(); i++) {
            List<HeldTasks.Task> lapsed = HeldTasks.Task.all(answers.get(i), 0);
            recovered += takeBack(queues.get(i), lapsed, "lease ran out");
        }
        return recovered;
    }

    private int takeFromTheDead() {
        int recovered = 0;
        for (Map.Entry<Registered, Boolean> each : RedisWorkers.own(broker).entrySet()) {
            if (each.getValue()) {
                continue;
            }
            Registered dead = each.getKey();
            String id = dead.spec().id();
            for (String queue : dead.spec().queues().keySet()) {
                recovered += broker.heldTasks()
                        .each(
                                queue,
                                id,
                                "",
                                tasks -> takeBack(
                                        queue, tasks, "worker " + dead.spec().name() + " died"));
            }
            broker.link().call(c -> c.hdel(Keys.WORKERS, new byte[][] {Keys.bytes(id)}));
        }
        return recovered;
    }

    private int takeBack(String queue, List<HeldTasks.Task> tasks, String how) {
        int taken = 0;
        List<HeldTasks.Task> lastFirst = new ArrayList<>(tasks);
        Collections.reverse(lastFirst);
        for (int from = 0; from < lastFirst.size(); from += PER_CALL) {
            Instant now = broker.time().now();
            List<HeldTasks.Task> part = lastFirst.subList(from, Math.min(lastFirst.size(), from + PER_CALL));
            List<?> answer;
            try (Debouncing.Returns<HeldTasks.Task> returns =
                    broker.debouncing().returning(part, task -> task.place(queue, now))) {
                Arguments arguments = Settling.opening(now);
                part.forEach(task -> add(arguments, queue, task, returns, how, now));
                answer = broker.link().run(Script.TAKEBACK, queue, arguments);
            }
            taken += (int) (long) (Long) answer.getFirst();
            for (int i = 1; i < answer.size(); i += 2) {
                freeKey(tasks, (byte[]) answer.get(i), now);
            }
        }
        return taken;
    }

    private void add(
            Arguments arguments,
            String queue,
            HeldTasks.Task task,
            Debouncing.Returns<HeldTasks.Task> returns,
            String how,
            Instant now) {
        arguments.add(task.id()).add(task.run()).add(task.score());
        Envelope envelope;
        try {
            envelope = returns.task(task, Messages.decode(task.message(), task.extras(), now));
        } catch (ProtoReader.Broken e) {
            addUnreadable(arguments, queue, task);
            return;
        }
        History history = envelope.history();
        if (task.run().isEmpty()) {
            addForeign(arguments, envelope, history, now);
            return;
        }
        AttemptError crash = AttemptError.crash(task.worker(), how, now, history.attempts() + 1);
        Messages.Stored stored = Messages.encode(envelope.withHistory(history.crashed(crash)));
        arguments.add("F").add(stored.message()).add(stored.extras()).add(0);
    }

    private void addUnreadable(Arguments arguments, String queue, HeldTasks.Task task) {
        if (!task.run().isEmpty()) {
            arguments.add("F").add(task.message()).add(task.extras()).add(0); // the engine buries it
            return;
        }
        log.warn("A task of queue {} that an asynq worker left behind is archived: it cannot be read", queue);
        byte[] readable = TaskMessage.of(UNREADABLE, task.message(), Keys.text(task.id()), queue)
                .encode();
        arguments.add("X").add(readable).add(Arguments.EMPTY).add(0);
    }

    /** As asynq's recoverer does. */
    private void addForeign(Arguments arguments, Envelope envelope, History history, Instant now) {
        boolean exhausted = history.attempts() >= envelope.policy().maxAttempts() - 1;
        AttemptError error = new AttemptError(now, history.attempts() + 1, "asynq", ASYNQ_EXPIRED, "", "");
        Envelope changed = envelope.withHistory(exhausted ? history.noted(error) : history.failed(error));
        Messages.Stored stored = Messages.encode(changed);
        arguments
                .add(exhausted ? "X" : "R")
                .add(stored.message())
                .add(stored.extras())
                .add(now.plusSeconds(asynqDelay(history.attempts())).toEpochMilli());
    }

    /** asynq's default delay in seconds: n⁴ + 15 + r·(n + 1), r from 0 to 29. */
    private long asynqDelay(int retried) {
        long n = Math.min(retried, 1_000);
        return n * n * n * n + 15 + broker.context().random().nextInt(30) * (n + 1);
    }

    private void freeKey(List<HeldTasks.Task> tasks, byte[] id, Instant now) {
        for (HeldTasks.Task task : tasks) {
            if (java.util.Arrays.equals(task.id(), id)) {
                try {
                    broker.uniqueKeys().free(Messages.decode(task.message(), task.extras(), now));
                } catch (ProtoReader.Broken | InvalidTaskException e) {
                    log.debug("A cancelled task cannot be read, so it has no unique key", e);
                }
            }
        }
    }
}
