package dev.errand.redis;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Finds what a worker holds by Redis's own account, in slices: the worker is dead, or has not heard what it took. */
final class HeldTasks {
    private static final int SLICE = 1_000;
    private static final int FIELDS = 6;

    /**
     * A held task.
     *
     * @param id as it is
     * @param run of ours, or empty: an asynq worker's
     * @param worker the id of ours
     * @param score of its lease
     * @param message asynq's
     * @param extras ours
     */
    record Task(byte[] id, String run, String worker, byte[] score, byte[] message, byte[] extras) {
        /** Where it will wait; null if it cannot be read. */
        Debouncing.@Nullable Place place(String queue, Instant now) {
            try {
                return new Debouncing.Place(queue, Messages.decode(message, extras, now));
            } catch (ProtoReader.Broken e) {
                return null;
            }
        }

        static List<Task> all(List<?> items, int from) {
            List<Task> tasks = new ArrayList<>();
            for (int i = from; i + FIELDS <= items.size(); i += FIELDS) {
                tasks.add(new Task(
                        (byte[]) items.get(i),
                        Keys.text((byte[]) items.get(i + 1)),
                        Keys.text((byte[]) items.get(i + 2)),
                        (byte[]) items.get(i + 3),
                        (byte[]) items.get(i + 4),
                        (byte[]) items.get(i + 5)));
            }
            return tasks;
        }
    }

    private final RedisBroker broker;

    HeldTasks(RedisBroker broker) {
        this.broker = broker;
    }

    /** Gives back, uncounted, what a worker took by one take. */
    int giveBack(String queue, String worker, String nonce) {
        return each(queue, worker, nonce, tasks -> {
            List<Task> lastFirst = tasks.reversed();
            try (Debouncing.Returns<Task> returns = broker.debouncing()
                    .returning(
                            lastFirst, task -> task.place(queue, broker.time().now()))) {
                Arguments arguments = Arguments.at(broker.time().now().toEpochMilli());
                for (Task task : lastFirst) {
                    arguments.add(task.id()).add(task.run()).add(returns.extras(task));
                }
                broker.link().run(Script.GIVEBACK, queue, arguments);
            }
            return tasks.size();
        });
    }

    /**
     * Hands over what a worker holds.
     *
     * @param nonce of one take, or empty: of all
     * @param taker answers how many it has removed from what is held
     */
    int each(String queue, String worker, String nonce, ToIntFunction<List<Task>> taker) {
        int found = 0;
        int offset = 0;
        while (true) {
            List<?> answer = broker.link()
                    .run(
                            Script.HELD,
                            queue,
                            Arguments.at(broker.time().now().toEpochMilli())
                                    .add(worker)
                                    .add(offset)
                                    .add(SLICE)
                                    .add(nonce));
            int looked = (int) (long) (Long) answer.getFirst();
            List<Task> tasks = Task.all(answer, 1);
            int removed = tasks.isEmpty() ? 0 : taker.applyAsInt(tasks);
            found += removed;
            offset += looked - removed;
            if (looked < SLICE) {
                return found;
            }
        }
    }
}
