package dev.errand.contract.model;

import dev.errand.AttemptError;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.Broker;
import dev.errand.broker.DeadLetters;
import dev.errand.broker.Debounce;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.History;
import dev.errand.broker.Intake;
import dev.errand.broker.Lease;
import dev.errand.broker.Outcome;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.QueueControl;
import dev.errand.broker.Receipt;
import dev.errand.broker.Renewal;
import dev.errand.broker.Settled;
import dev.errand.broker.Signals;
import dev.errand.broker.TakeRequest;
import dev.errand.broker.TaskEdit;
import dev.errand.broker.TaskStore;
import dev.errand.broker.UniqueKey;
import dev.errand.broker.Upkeep;
import dev.errand.broker.WorkerRegistry;
import dev.errand.broker.WorkerSpec;
import dev.errand.time.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Does each command to the broker and to the model, and compares the answers and then all that can be seen. */
final class BrokerTrial implements Trials.Trial<Command> {
    /** When every task is created, so that one enqueued again is a repeat. */
    static final Instant CREATED = Instant.parse("2026-01-01T00:00:00Z");

    private final Broker broker;
    private final ManualTime time;
    private final Duration signalWait;
    private final Model model;
    private final Visible visible;
    private final TaskStore store;
    private final DeadLetters dead;
    private final Upkeep upkeep;
    private final QueueControl control;
    private final Map<Integer, Member> members = new HashMap<>();
    private final Map<TaskId, List<Delivery>> deliveries = new HashMap<>();
    private int hired;

    /**
     * A trial of an empty broker.
     *
     * @param signalWait how long, by the real clock, a signal may take that the broker gives from a thread of its own
     */
    BrokerTrial(Broker broker, ManualTime time, Duration signalWait) {
        this.broker = broker;
        this.time = time;
        this.signalWait = signalWait;
        this.model = new Model(time.now());
        this.visible = new Visible(broker, model);
        this.store = broker.extension(TaskStore.class).orElseThrow();
        this.dead = broker.extension(DeadLetters.class).orElseThrow();
        this.control = broker.extension(QueueControl.class).orElseThrow();
        this.upkeep = broker.extension(Upkeep.class).orElseThrow();
    }

    /** An open intake, and what it was told. */
    private static final class Member implements Signals {
        private final WorkerSpec spec;
        private final BlockingQueue<TaskId> cancels = new LinkedBlockingQueue<>();
        private final BlockingQueue<Boolean> dueChanges = new LinkedBlockingQueue<>();
        private @Nullable Intake intake;
        private boolean stopped;

        Member(WorkerSpec spec) {
            this.spec = spec;
        }

        Intake intake() {
            if (intake == null) {
                throw new IllegalStateException("not open yet");
            }
            return intake;
        }

        @Override
        public void lost(Lease lease) {}

        @Override
        public void cancel(TaskId task) {
            cancels.add(task);
        }

        @Override
        public void dueChanged() {
            dueChanges.add(true);
        }
    }

    @Override
    public void step(Command command) {
        model.setNow(time.now());
        apply(command);
        model.setNow(time.now());
        visible.compare();
        compareWorkers();
    }

    @Override
    public void close() {
        broker.close();
    }

    private void apply(Command command) {
        switch (command) {
            case Command.Enqueue enqueue -> enqueue(enqueue);
            case Command.Take take -> take(take);
            case Command.Settle settle -> settle(settle);
            case Command.Renew renew -> renew(renew);
            case Command.StopTaking stop -> {
                Member member = member(stop.worker());
                member.intake().stopTaking();
                member.stopped = true;
            }
            case Command.Close close -> {
                Member member = members.remove(close.worker());
                if (member != null) {
                    member.intake().close();
                    model.left(member.spec.id(), this::isDebounced);
                }
            }
            case Command.Cancel cancel -> cancel(cancel);
            case Command.Delete delete ->
                Expect.same("delete", model.delete(delete.task()), store.delete(delete.task()));
            case Command.RunNow run -> Expect.same("runNow", model.runNow(run.task()), store.runNow(run.task()));
            case Command.Edit edit -> edit(edit);
            case Command.Pause pause -> Expect.same("pause", model.pause(pause.queue()), control.pause(pause.queue()));
            case Command.Resume resume ->
                Expect.same("resume", model.resume(resume.queue()), control.resume(resume.queue()));
            case Command.AwaitEnd await -> awaitEnd(await.task());
            case Command.Redrive redrive ->
                Expect.same("redrive", model.redrive(redrive.task()), dead.redrive(redrive.task()));
            case Command.DeleteDead delete ->
                Expect.same("delete", model.deleteDead(delete.task()), dead.delete(delete.task()));
            case Command.RedriveAll all ->
                Expect.same(
                        "redriveAll",
                        model.redriveAll(all.filter(), all.max()),
                        dead.redriveAll(all.filter(), all.max()));
            case Command.Purge all ->
                Expect.same("purge", model.purge(all.filter(), all.max()), dead.purge(all.filter(), all.max()));
            case Command.Promote promote -> {
                Upkeep.Due due = upkeep.promote(promote.max());
                Expect.same(
                        "promoted",
                        model.promoted(promote.max(), row -> shows(row, TaskState.PENDING)),
                        due.promoted());
                Expect.same("when the next is due", nextDue(), due.next());
            }
            case Command.Recover recover -> {
                int count = upkeep.recover(recover.max());
                Expect.same(
                        "recovered",
                        model.recovered(recover.max(), row -> !shows(row, TaskState.ACTIVE), this::isDebounced),
                        count);
            }
            case Command.Prune prune -> {
                Upkeep.Pruned pruned =
                        upkeep.prune(new Upkeep.DeadLetterLimits(prune.age(), prune.perQueue()), prune.max());
                Expect.same(
                        "pruned",
                        model.pruned(prune, row -> store.find(row.id()).isEmpty()),
                        pruned);
            }
            case Command.Advance advance -> time.advance(advance.span());
        }
    }

    private boolean shows(Row row, TaskState state) {
        return store.find(row.id()).filter(task -> task.state() == state).isPresent();
    }

    private boolean isDebounced(Row row) {
        return store.find(row.id())
                .filter(task -> task.envelope().debounce() != null)
                .isPresent();
    }

    private void enqueue(Command.Enqueue command) {
        Optional<Instant> before = nextDue();
        members.values().forEach(member -> member.dueChanges.clear());
        List<Envelope> tasks = command.tasks().stream().map(this::envelope).toList();
        List<Receipt> expected = tasks.stream().map(model::enqueue).toList();
        Expect.same("the receipts", expected, broker.enqueue(tasks));
        Optional<Instant> after = nextDue();
        if (after.isPresent() && (before.isEmpty() || after.get().isBefore(before.get()))) {
            members.values()
                    .forEach(member -> Expect.that(
                            poll(member.dueChanges).isPresent(),
                            member.spec.id() + " was not told that a task falls due before all others"));
        }
    }

    private Envelope envelope(Command.NewTask task) {
        Payload payload = new Payload(new byte[] {0, (byte) 0xff, (byte) task.variant()}, "application/x-test", 2);
        Policy policy = new Policy(5, Duration.ofMinutes(1), task.retention(), Set.of(Policy.Field.RETENTION));
        Envelope envelope = Envelope.of(task.id(), task.type(), payload, task.queue(), CREATED, policy)
                .withPriority(task.priority())
                .withHeaders(Map.of("traceparent", "00-" + task.variant(), "ключ", "значение"));
        return envelope.withNotBefore(task.delay().isZero() ? null : time.now().plus(task.delay()))
                .withDeadline(task.deadline().isZero() ? null : time.now().plus(task.deadline()))
                .withUnique(
                        task.key().isEmpty() || !task.debounce().isEmpty()
                                ? null
                                : new UniqueKey(task.key(), task.ttl()))
                .withDebounce(
                        task.debounce().isEmpty()
                                ? null
                                : new Debounce(task.debounce(), time.now().plusSeconds(3)));
    }

    private void take(Command.Take command) {
        Member member = member(command.worker());
        List<Delivery> taken = member.intake()
                .take(new TakeRequest(command.demands(), command.max(), command.typeRoom(), Duration.ZERO));
        if (member.stopped) {
            Expect.same("what a stopped intake takes", List.of(), taken);
            return;
        }
        model.took(command, member.spec.id(), member.spec.lease(), taken);
        taken.forEach(delivery -> deliveries
                .computeIfAbsent(delivery.lease().task(), id -> new ArrayList<>())
                .add(delivery));
    }

    private void settle(Command.Settle command) {
        List<Outcome> outcomes = new ArrayList<>();
        for (Command.Ending ending : command.endings()) {
            delivery(ending.attempt()).ifPresent(delivery -> outcomes.add(outcome(delivery, ending)));
        }
        List<Settled> expected = outcomes.stream().map(model::settle).toList();
        Expect.same("the answers", expected, member(command.worker()).intake().settle(outcomes));
    }

    /** With another header too, which must change nothing: an outcome brings the history alone. */
    private Outcome outcome(Delivery delivery, Command.Ending ending) {
        History history = delivery.envelope().history();
        History next = !ending.failed()
                ? history
                : history.failed(
                        new AttemptError(time.now(), history.attempts() + 1, "java.lang.Oops", "ouch", "at x", "w"));
        return new Outcome(
                delivery.lease(),
                delivery.envelope().withHistory(next).withHeaders(Map.of("not", "this")),
                ending.verdict());
    }

    private void renew(Command.Renew command) {
        List<Lease> leases = command.attempts().stream()
                .flatMap(ref -> delivery(ref).stream())
                .map(Delivery::lease)
                .distinct()
                .toList();
        List<Renewal> expected = leases.stream().map(model::renew).toList();
        Expect.same("the renewals", expected, member(command.worker()).intake().renew(leases));
    }

    private void cancel(Command.Cancel command) {
        Row row = model.find(command.task());
        String worker = row == null ? null : row.worker;
        members.values().forEach(member -> member.cancels.clear());
        Expect.same(
                "cancel",
                model.cancel(command.task(), command.reason(), command.retention()),
                store.cancel(command.task(), command.reason(), command.retention()));
        for (Member member : members.values()) {
            if (member.spec.id().equals(worker)) {
                Expect.same(
                        "what " + worker + " was told to cancel", Optional.of(command.task()), poll(member.cancels));
            }
        }
    }

    private void edit(Command.Edit command) {
        TaskEdit edit = new TaskEdit(
                command.large() ? new Payload(new byte[3_000], "application/x-large", 3) : null,
                command.queue().orElse(null),
                command.priority().orElse(null),
                command.due().map(time.now()::plus).orElse(null),
                command.maxAttempts().orElse(null),
                null,
                null);
        Expect.same("edit", model.edit(command.task(), edit), store.edit(command.task(), edit));
    }

    private void awaitEnd(TaskId id) {
        try {
            Optional<TaskInfo> found = store.awaitEnd(id, Duration.ZERO);
            Row row = model.find(id);
            Expect.same("awaitEnd", Optional.ofNullable(row).map(r -> r.state), found.map(TaskInfo::state));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void compareWorkers() {
        Map<String, Integer> expected = members.values().stream()
                .map(member -> member.spec.id())
                .collect(Collectors.toMap(id -> id, id -> model.running(id).size()));
        Map<String, Integer> actual = broker.extension(WorkerRegistry.class).orElseThrow().workers().stream()
                .collect(Collectors.toMap(worker -> worker.spec().id(), WorkerRegistry.Registered::running));
        Expect.same("the workers and how much each runs", expected, actual);
    }

    private Member member(int slot) {
        return members.computeIfAbsent(slot, s -> {
            Duration lease = s == 0 ? Duration.ofSeconds(10) : Duration.ofSeconds(30);
            Map<String, Integer> queues = Map.of(Commands.QUEUES.get(s % 2), 1);
            Member member = new Member(new WorkerSpec(
                    "worker" + s + "-" + hired++,
                    "test",
                    "host",
                    1,
                    time.now(),
                    queues,
                    false,
                    4,
                    Set.of("x", "y"),
                    Duration.ofMinutes(1),
                    lease));
            member.intake = broker.open(member.spec, member);
            model.serve(queues.keySet());
            return member;
        });
    }

    private Optional<Delivery> delivery(Command.Ref ref) {
        List<Delivery> all = deliveries.getOrDefault(ref.task(), List.of());
        int index = all.size() - 1 - ref.back();
        return index < 0 ? Optional.empty() : Optional.of(all.get(index));
    }

    private Optional<Instant> nextDue() {
        return model.rows()
                .flatMap(row -> Optional.ofNullable(row.due).stream())
                .min(Comparator.naturalOrder());
    }

    private <T> Optional<T> poll(BlockingQueue<T> queue) {
        try {
            return Optional.ofNullable(queue.poll(signalWait.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
