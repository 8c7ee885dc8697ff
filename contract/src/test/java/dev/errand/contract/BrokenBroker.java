package dev.errand.contract;

import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.Broker;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.Intake;
import dev.errand.broker.Lease;
import dev.errand.broker.Outcome;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.broker.Page;
import dev.errand.broker.Profile;
import dev.errand.broker.Receipt;
import dev.errand.broker.Renewal;
import dev.errand.broker.Settled;
import dev.errand.broker.Signals;
import dev.errand.broker.TakeRequest;
import dev.errand.broker.TaskFilter;
import dev.errand.broker.TaskStore;
import dev.errand.broker.UniqueKey;
import dev.errand.broker.Upkeep;
import dev.errand.broker.WorkerSpec;
import dev.errand.memory.MemoryBroker;
import dev.errand.time.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The in-memory broker with one mistake, which the model must find. */
final class BrokenBroker implements Broker {
    /** A mistake that a real broker could make. */
    enum Mistake {
        /** A scheduled task is ready a second early. */
        HANDS_OUT_EARLY,
        /** An outcome counts whatever its token. */
        ACCEPTS_STALE_TOKENS,
        /** A cancelled task keeps its unique key. */
        KEEPS_KEY_OF_CANCELLED,
        /** A released task is treated like one to be retried. */
        RELEASES_AS_RETRY,
        /** A result is not kept. */
        LOSES_RESULTS,
        /** Of a batch, the last task is not stored though it is acknowledged. */
        LOSES_LAST_OF_BATCH,
        /** A listing's page leaves out the task that it ends with. */
        SKIPS_BETWEEN_PAGES,
        /** A renewal answers well but renews nothing. */
        DOES_NOT_RENEW,
        /** A worker whose task somebody wants cancelled is not told. */
        DOES_NOT_TELL_OF_CANCEL
    }

    private final Mistake mistake;
    private final ManualTime time;
    private final MemoryBroker sound;
    private final Map<TaskId, Delivery> latest = new HashMap<>();
    private final List<Envelope> cancelled = new ArrayList<>();

    BrokenBroker(Mistake mistake, ManualTime time, RandomGenerator random) {
        this.mistake = mistake;
        this.time = time;
        this.sound = new MemoryBroker(time, random);
    }

    @Override
    public Profile profile() {
        return sound.profile();
    }

    @Override
    public List<Receipt> enqueue(List<Envelope> tasks) {
        return switch (mistake) {
            case LOSES_LAST_OF_BATCH -> {
                sound.enqueue(tasks.size() == 1 ? tasks : tasks.subList(0, tasks.size() - 1));
                yield tasks.stream().<Receipt>map(task -> new Receipt.Stored()).toList();
            }
            case KEEPS_KEY_OF_CANCELLED ->
                tasks.stream().map(this::enqueueUnlessCancelled).toList();
            default -> sound.enqueue(tasks);
        };
    }

    private Receipt enqueueUnlessCancelled(Envelope task) {
        UniqueKey key = task.unique();
        for (Envelope old : cancelled) {
            if (key != null
                    && !old.id().equals(task.id())
                    && old.unique() != null
                    && old.type().equals(task.type())
                    && key.key().equals(old.unique().key())) {
                return new Receipt.Duplicate(old.id());
            }
        }
        return sound.enqueue(List.of(task)).getFirst();
    }

    @Override
    public Intake open(WorkerSpec spec, Signals signals) {
        return new BrokenIntake(sound.open(spec, mistake == Mistake.DOES_NOT_TELL_OF_CANCEL ? deaf(signals) : signals));
    }

    private static Signals deaf(Signals signals) {
        return new Signals() {
            @Override
            public void lost(Lease lease) {
                signals.lost(lease);
            }

            @Override
            public void cancel(TaskId task) {}

            @Override
            public void dueChanged() {
                signals.dueChanged();
            }
        };
    }

    @Override
    public <T> Optional<T> extension(Class<T> port) {
        return port == TaskStore.class
                ? sound.extension(TaskStore.class).map(BrokenStore::new).map(port::cast)
                : sound.extension(port);
    }

    @Override
    public void close() {
        sound.close();
    }

    private final class BrokenIntake implements Intake {
        private final Intake intake;

        BrokenIntake(Intake intake) {
            this.intake = intake;
        }

        @Override
        public List<Delivery> take(TakeRequest request) {
            if (mistake == Mistake.HANDS_OUT_EARLY) {
                sound.extension(Upkeep.class).orElseThrow().promote(0).next().ifPresent(this::hurry);
            }
            List<Delivery> taken = intake.take(request);
            taken.forEach(delivery -> latest.put(delivery.lease().task(), delivery));
            return taken;
        }

        private void hurry(Instant due) {
            TaskStore store = sound.extension(TaskStore.class).orElseThrow();
            if (Duration.between(time.now(), due).toSeconds() <= 1) {
                store
                        .list(TaskFilter.ALL.in(TaskState.SCHEDULED, TaskState.RETRY), Optional.empty(), 100)
                        .items()
                        .stream()
                        .filter(task -> due.equals(task.due()))
                        .forEach(task -> store.runNow(task.id()));
            }
        }

        @Override
        public void nudge() {
            intake.nudge();
        }

        @Override
        public void stopTaking() {
            intake.stopTaking();
        }

        @Override
        public List<Settled> settle(List<Outcome> outcomes) {
            return intake.settle(outcomes.stream().map(this::broken).toList());
        }

        private Outcome broken(Outcome outcome) {
            return switch (outcome.verdict()) {
                case Verdict v
                when mistake == Mistake.ACCEPTS_STALE_TOKENS ->
                    new Outcome(latest.get(outcome.lease().task()).lease(), outcome.envelope(), v);
                case Verdict.Complete done
                when mistake == Mistake.LOSES_RESULTS ->
                    new Outcome(outcome.lease(), outcome.envelope(), new Verdict.Complete(null, done.retention()));
                case Verdict.Release release
                when mistake == Mistake.RELEASES_AS_RETRY ->
                    new Outcome(outcome.lease(), outcome.envelope(), new Verdict.Retry(release.delay()));
                case Verdict v -> new Outcome(outcome.lease(), outcome.envelope(), v);
            };
        }

        @Override
        public List<Renewal> renew(Collection<Lease> leases) {
            return mistake == Mistake.DOES_NOT_RENEW
                    ? leases.stream().map(this::pretend).toList()
                    : intake.renew(leases);
        }

        /** What the answer would be, as far as the task shows it. */
        private Renewal pretend(Lease lease) {
            Optional<TaskInfo> task =
                    sound.extension(TaskStore.class).orElseThrow().find(lease.task());
            boolean held = task.isPresent()
                    && task.get().worker() != null
                    && latest.get(lease.task()).lease().equals(lease);
            return !held ? Renewal.LOST : task.get().cancelRequested() ? Renewal.CANCEL_REQUESTED : Renewal.KEPT;
        }

        @Override
        public void close() {
            intake.close();
        }
    }

    private final class BrokenStore implements TaskStore {
        private final TaskStore store;

        BrokenStore(TaskStore store) {
            this.store = store;
        }

        @Override
        public Optional<TaskInfo> find(TaskId id) {
            return store.find(id);
        }

        @Override
        public Page<TaskInfo> list(TaskFilter filter, Optional<String> cursor, int limit) {
            if (mistake != Mistake.SKIPS_BETWEEN_PAGES || cursor.isEmpty()) {
                return store.list(filter, cursor, limit);
            }
            Page<TaskInfo> page = store.list(filter, cursor, limit);
            return new Page<>(page.items().subList(1, page.items().size()), page.next());
        }

        @Override
        public CancelAnswer cancel(TaskId id, String reason, Duration retention) {
            Optional<TaskInfo> before = store.find(id);
            CancelAnswer answer = store.cancel(id, reason, retention);
            if (answer == CancelAnswer.CANCELLED) {
                before.ifPresent(task -> cancelled.add(task.envelope()));
            }
            return answer;
        }

        @Override
        public boolean runNow(TaskId id) {
            return store.runNow(id);
        }

        @Override
        public boolean delete(TaskId id) {
            return store.delete(id);
        }

        @Override
        public Optional<TaskInfo> awaitEnd(TaskId id, Duration max) throws InterruptedException {
            return store.awaitEnd(id, max);
        }
    }
}
