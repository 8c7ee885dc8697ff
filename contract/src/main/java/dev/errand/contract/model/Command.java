package dev.errand.contract.model;

import dev.errand.TaskId;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.broker.TakeRequest.Demand;
import dev.errand.broker.TaskFilter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One thing that a client, a worker, a chore or time may do. Plain values, in terms of what is there when they are done: a
 * task that is not there, or a delivery that was never made, makes a command an unimportant one, not a wrong one.
 */
public sealed interface Command {
    /**
     * A task to be enqueued. Times count from the enqueue.
     *
     * @param id the task
     * @param variant two with another variant are not repeats of each other
     * @param type its task type
     * @param queue its queue
     * @param priority its priority
     * @param delay until its earliest time; zero: none is given
     * @param deadline until its deadline; zero: none is given
     * @param key its unique key; empty: none
     * @param ttl the key's time to live
     * @param debounce its debounce key; empty: none
     * @param retention its policy's
     */
    record NewTask(
            TaskId id,
            int variant,
            String type,
            String queue,
            int priority,
            Duration delay,
            Duration deadline,
            String key,
            Duration ttl,
            String debounce,
            Duration retention) {
        @Override
        public String toString() {
            return "task(" + id + "/" + variant + ", type " + type + ", queue " + queue
                    + (priority == 0 ? "" : ", priority " + priority)
                    + (delay.isZero() ? "" : ", delay " + text(delay))
                    + (deadline.isZero() ? "" : ", deadline " + text(deadline))
                    + (key.isEmpty() ? "" : ", unique " + key + " for " + text(ttl))
                    + (debounce.isEmpty() ? "" : ", debounce " + debounce)
                    + (retention.isZero() ? "" : ", retention " + text(retention)) + ")";
        }
    }

    /**
     * A delivery that was made earlier.
     *
     * @param task of this task
     * @param back 0: its latest; 1: the one before that, and so on
     */
    record Ref(TaskId task, int back) {
        @Override
        public String toString() {
            return task + (back == 0 ? "" : " (" + back + " before the latest)");
        }
    }

    /**
     * How an attempt ended.
     *
     * @param attempt which
     * @param failed whether its history counts a failure
     * @param verdict where the task is to go
     */
    record Ending(Ref attempt, boolean failed, Verdict verdict) {
        @Override
        public String toString() {
            return attempt + (failed ? " failed" : "") + " -> " + verdict;
        }
    }

    /**
     * Enqueues a batch.
     *
     * @param tasks what
     */
    record Enqueue(List<NewTask> tasks) implements Command {
        @Override
        public String toString() {
            return call("enqueue", tasks);
        }
    }

    /**
     * A worker takes, without waiting.
     *
     * @param worker which
     * @param demands from where
     * @param max altogether
     * @param typeRoom at most so many of these types
     */
    record Take(int worker, List<Demand> demands, int max, Map<String, Integer> typeRoom) implements Command {
        @Override
        public String toString() {
            return call("worker" + worker + ".take", demands, "max " + max, typeRoom);
        }
    }

    /**
     * A worker says how attempts ended: its own, or what others held.
     *
     * @param worker which
     * @param endings what it says
     */
    record Settle(int worker, List<Ending> endings) implements Command {
        @Override
        public String toString() {
            return call("worker" + worker + ".settle", endings);
        }
    }

    /**
     * A worker renews leases.
     *
     * @param worker which
     * @param attempts whose
     */
    record Renew(int worker, List<Ref> attempts) implements Command {
        @Override
        public String toString() {
            return call("worker" + worker + ".renew", attempts);
        }
    }

    /**
     * A worker takes no more.
     *
     * @param worker which
     */
    record StopTaking(int worker) implements Command {
        @Override
        public String toString() {
            return call("worker" + worker + ".stopTaking");
        }
    }

    /**
     * A worker leaves; whatever it does next, a new one does in its place.
     *
     * @param worker which
     */
    record Close(int worker) implements Command {
        @Override
        public String toString() {
            return call("worker" + worker + ".close");
        }
    }

    /**
     * Somebody calls a task off.
     *
     * @param task which
     * @param reason why
     * @param retention how long to keep it
     */
    record Cancel(TaskId task, String reason, Duration retention) implements Command {
        @Override
        public String toString() {
            return call("cancel", task, "\"" + reason.replace("\n", "\\n") + "\"", text(retention));
        }
    }

    /**
     * Somebody deletes a task.
     *
     * @param task which
     */
    record Delete(TaskId task) implements Command {
        @Override
        public String toString() {
            return call("delete", task);
        }
    }

    /**
     * Somebody makes a waiting task ready.
     *
     * @param task which
     */
    record RunNow(TaskId task) implements Command {
        @Override
        public String toString() {
            return call("runNow", task);
        }
    }

    /**
     * Somebody changes a waiting task.
     *
     * @param task which
     * @param large whether it gets another payload, a large one
     * @param queue where to
     * @param priority which it is to have
     * @param due when it is to run, from now
     * @param maxAttempts how often it may be tried
     */
    record Edit(
            TaskId task,
            boolean large,
            Optional<String> queue,
            Optional<Integer> priority,
            Optional<Duration> due,
            Optional<Integer> maxAttempts)
            implements Command {
        @Override
        public String toString() {
            return call("edit", task, large, queue, priority, due, maxAttempts);
        }
    }

    /**
     * Somebody pauses a queue.
     *
     * @param queue which
     */
    record Pause(String queue) implements Command {
        @Override
        public String toString() {
            return call("pause", queue);
        }
    }

    /**
     * Somebody resumes a queue.
     *
     * @param queue which
     */
    record Resume(String queue) implements Command {
        @Override
        public String toString() {
            return call("resume", queue);
        }
    }

    /**
     * Somebody asks for a task's end, without waiting for it.
     *
     * @param task which
     */
    record AwaitEnd(TaskId task) implements Command {
        @Override
        public String toString() {
            return call("awaitEnd", task);
        }
    }

    /**
     * Somebody redrives a dead letter.
     *
     * @param task which
     */
    record Redrive(TaskId task) implements Command {
        @Override
        public String toString() {
            return call("deadLetters.redrive", task);
        }
    }

    /**
     * Somebody deletes a dead letter.
     *
     * @param task which
     */
    record DeleteDead(TaskId task) implements Command {
        @Override
        public String toString() {
            return call("deadLetters.delete", task);
        }
    }

    /**
     * Somebody redrives dead letters.
     *
     * @param filter which
     * @param max at most so many
     */
    record RedriveAll(TaskFilter filter, int max) implements Command {
        @Override
        public String toString() {
            return call("deadLetters.redriveAll", text(filter), max);
        }
    }

    /**
     * Somebody deletes dead letters.
     *
     * @param filter which
     * @param max at most so many
     */
    record Purge(TaskFilter filter, int max) implements Command {
        @Override
        public String toString() {
            return call("deadLetters.purge", text(filter), max);
        }
    }

    /**
     * A chore: what is due becomes ready.
     *
     * @param max at most so many
     */
    record Promote(int max) implements Command {
        @Override
        public String toString() {
            return call("promote", max);
        }
    }

    /**
     * A chore: what is held past its lease is taken back.
     *
     * @param max at most so many
     */
    record Recover(int max) implements Command {
        @Override
        public String toString() {
            return call("recover", max);
        }
    }

    /**
     * A chore: what has been kept long enough goes.
     *
     * @param age the longest for dead letters
     * @param perQueue the most dead letters of a queue
     * @param max at most so many
     */
    record Prune(Duration age, int perQueue, int max) implements Command {
        @Override
        public String toString() {
            return call("prune", "dead older than " + text(age), "beyond " + perQueue, max);
        }
    }

    /**
     * Time passes.
     *
     * @param span how much
     */
    record Advance(Duration span) implements Command {
        @Override
        public String toString() {
            return call("advance", text(span));
        }
    }

    private static String call(String name, Object... arguments) {
        return name + "("
                + String.join(
                        ", ", List.of(arguments).stream().map(String::valueOf).toList()) + ")";
    }

    private static String text(Duration span) {
        return span.toMillis() + " ms";
    }

    private static String text(TaskFilter filter) {
        String parts = part("queue ", filter.queue()) + part("type ", filter.type());
        return parts.isEmpty() ? "all" : parts.strip();
    }

    private static String part(String what, Optional<String> value) {
        return value.map(v -> what + v + " ").orElse("");
    }
}
