package dev.errand.contract.model;

import dev.errand.DeadCause;
import dev.errand.TaskId;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.broker.Payload;
import dev.errand.broker.TakeRequest.Demand;
import dev.errand.broker.TaskFilter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Makes random commands. Few ids, queues, types, keys and times, so that they meet: the same id again, the same key, two
 * tasks due at one instant, a lease that ends just when something else does.
 */
final class Commands {
    static final int WORKERS = 3;
    static final List<String> QUEUES = List.of("mail", "größe/😀");
    static final List<TaskId> IDS = List.of("t0", "t1", "t2", "t3", "t4", "t5", "t6").stream()
            .map(TaskId::of)
            .toList();

    private static final List<String> TYPES = List.of("x", "y");

    private final RandomGenerator random;

    private Commands(RandomGenerator random) {
        this.random = random;
    }

    /** A sequence of so many commands. */
    static List<Command> generate(RandomGenerator random, int count) {
        Commands source = new Commands(random);
        List<Command> all = new ArrayList<>();
        while (all.size() < count) {
            all.add(source.next());
        }
        return all;
    }

    /** The commands that do one thing less. */
    static List<Command> simpler(Command command) {
        return switch (command) {
            case Command.Enqueue(var tasks) -> {
                List<Command> all = fewer(tasks, Command.Enqueue::new);
                for (int i = 0; i < tasks.size(); i++) {
                    for (Command.NewTask less : simpler(tasks.get(i))) {
                        List<Command.NewTask> some = new ArrayList<>(tasks);
                        some.set(i, less);
                        all.add(new Command.Enqueue(some));
                    }
                }
                yield all;
            }
            case Command.Take take ->
                fewer(take.demands(), some -> new Command.Take(take.worker(), some, take.max(), take.typeRoom()));
            case Command.Settle settle -> fewer(settle.endings(), some -> new Command.Settle(settle.worker(), some));
            case Command.Renew renew -> fewer(renew.attempts(), some -> new Command.Renew(renew.worker(), some));
            default -> List.of();
        };
    }

    private static List<Command.NewTask> simpler(Command.NewTask task) {
        List<Command.NewTask> all = new ArrayList<>();
        if (!task.deadline().isZero() || task.priority() != 0) {
            all.add(new Command.NewTask(
                    task.id(),
                    task.variant(),
                    task.type(),
                    task.queue(),
                    0,
                    task.delay(),
                    Duration.ZERO,
                    task.key(),
                    task.ttl(),
                    task.debounce(),
                    task.retention()));
        }
        if (!task.debounce().isEmpty()) {
            all.add(new Command.NewTask(
                    task.id(),
                    task.variant(),
                    task.type(),
                    task.queue(),
                    task.priority(),
                    task.delay(),
                    task.deadline(),
                    task.key(),
                    task.ttl(),
                    "",
                    task.retention()));
        }
        if (!task.key().isEmpty()) {
            all.add(new Command.NewTask(
                    task.id(),
                    task.variant(),
                    task.type(),
                    task.queue(),
                    task.priority(),
                    task.delay(),
                    task.deadline(),
                    "",
                    Duration.ZERO,
                    task.debounce(),
                    task.retention()));
        }
        if (!task.delay().isZero() || !task.retention().isZero()) {
            all.add(new Command.NewTask(
                    task.id(),
                    task.variant(),
                    task.type(),
                    task.queue(),
                    task.priority(),
                    Duration.ZERO,
                    task.deadline(),
                    task.key(),
                    task.ttl(),
                    task.debounce(),
                    Duration.ZERO));
        }
        return all;
    }

    private static <T> List<Command> fewer(List<T> parts, Function<List<T>, Command> command) {
        List<Command> all = new ArrayList<>();
        for (int i = 0; i < parts.size() && parts.size() > 1; i++) {
            List<T> some = new ArrayList<>(parts);
            some.remove(i);
            all.add(command.apply(some));
        }
        return all;
    }

    private Command next() {
        int dice = random.nextInt(100);
        if (dice < 24) {
            return new Command.Enqueue(some(4, this::newTask));
        } else if (dice < 44) {
            return take();
        } else if (dice < 62) {
            return new Command.Settle(worker(), some(3, this::ending));
        } else if (dice < 66) {
            return new Command.Renew(worker(), some(3, this::ref));
        } else if (dice < 78) {
            return byHand();
        } else if (dice < 89) {
            return chore();
        } else if (dice < 98) {
            return new Command.Advance(span(1, 500, 1_000, 2_000, 3_000, 10_000, 30_000, 60_000));
        }
        return dice == 98 ? new Command.StopTaking(worker()) : new Command.Close(worker());
    }

    private Command byHand() {
        TaskId task = id();
        return switch (random.nextInt(11)) {
            case 0, 1 -> new Command.Cancel(task, oneOf(List.of("unwanted", "wrong\n\"text\" 😀")), span(0, 0, 5_000));
            case 2 -> new Command.Delete(task);
            case 3 -> new Command.RunNow(task);
            case 4 -> random.nextBoolean() ? new Command.Redrive(task) : new Command.DeleteDead(task);
            case 5 -> new Command.RedriveAll(filter(), 1 + random.nextInt(4));
            case 6 -> new Command.Purge(filter(), 1 + random.nextInt(4));
            case 7, 8 -> edit(task);
            case 9 -> random.nextInt(3) == 0 ? new Command.Pause(oneOf(QUEUES)) : new Command.Resume(oneOf(QUEUES));
            default -> new Command.AwaitEnd(task);
        };
    }

    private Command edit(TaskId task) {
        return new Command.Edit(
                task,
                random.nextInt(4) == 0,
                random.nextInt(3) == 0 ? Optional.of(oneOf(QUEUES)) : Optional.empty(),
                random.nextInt(3) == 0 ? Optional.of(oneOf(List.of(0, 9))) : Optional.empty(),
                random.nextBoolean() ? Optional.of(span(0, 1, 1_000, 2_000)) : Optional.empty(),
                random.nextInt(3) == 0 ? Optional.of(3) : Optional.empty());
    }

    private Command chore() {
        int max = oneOf(List.of(1, 2, 1_000, 1_000));
        return switch (random.nextInt(4)) {
            case 0, 1 -> new Command.Promote(max);
            case 2 -> new Command.Recover(max);
            default -> new Command.Prune(span(2_000, 60_000, 86_400_000), oneOf(List.of(0, 1, 2, 1_000)), max);
        };
    }

    private Command.NewTask newTask() {
        return new Command.NewTask(
                id(),
                random.nextInt(8) == 0 ? 1 : 0,
                oneOf(TYPES),
                oneOf(QUEUES),
                oneOf(List.of(0, 0, 0, 9, -3)),
                span(0, 0, 0, 1, 1_000, 2_000),
                span(0, 0, 2_000),
                oneOf(List.of("", "", "k0", "k1")),
                span(0, 3_000, 60_000),
                oneOf(List.of("", "", "", "d0", "d1")),
                span(0, 3_000));
    }

    private Command.Take take() {
        List<Demand> demands = new ArrayList<>();
        for (String queue : QUEUES) {
            if (demands.isEmpty() || random.nextBoolean()) {
                demands.add(new Demand(queue, 1 + random.nextInt(3)));
            }
        }
        Collections.shuffle(demands, Random.from(random));
        Map<String, Integer> room = random.nextInt(4) == 0 ? Map.of(oneOf(TYPES), random.nextInt(2)) : Map.of();
        return new Command.Take(worker(), demands, 1 + random.nextInt(5), room);
    }

    private Command.Ending ending() {
        return new Command.Ending(ref(), random.nextBoolean(), verdict());
    }

    private Verdict verdict() {
        Payload result = new Payload("done ✓".getBytes(StandardCharsets.UTF_8), "text/plain", 1);
        return switch (random.nextInt(7)) {
            case 0 -> new Verdict.Complete(null, Duration.ZERO);
            case 1 -> new Verdict.Complete(random.nextBoolean() ? result : null, span(0, 3_000));
            case 2 -> new Verdict.Retry(span(0, 1, 2_000));
            case 3, 4 -> new Verdict.Dead(oneOf(List.of(DeadCause.values())), "hopeless");
            case 5 -> new Verdict.Release(span(0, 0, 2_000), "no room");
            default -> new Verdict.Cancel("pointless", span(0, 5_000));
        };
    }

    private Command.Ref ref() {
        return new Command.Ref(id(), random.nextInt(6) == 0 ? 1 : 0);
    }

    private TaskFilter filter() {
        TaskFilter filter = random.nextBoolean() ? TaskFilter.ALL : TaskFilter.ALL.inQueue(oneOf(QUEUES));
        return random.nextBoolean() ? filter : filter.ofType(oneOf(TYPES));
    }

    private int worker() {
        return random.nextInt(WORKERS);
    }

    private TaskId id() {
        return oneOf(IDS);
    }

    private Duration span(long... millis) {
        return Duration.ofMillis(millis[random.nextInt(millis.length)]);
    }

    private <T> T oneOf(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private <T> List<T> some(int max, Supplier<T> one) {
        List<T> all = new ArrayList<>();
        for (int left = 1 + random.nextInt(max); left > 0; left--) {
            all.add(one.get());
        }
        return all;
    }
}
