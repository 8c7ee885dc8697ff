package dev.errand.contract;

import dev.errand.BrokerUnavailableException;
import dev.errand.TaskId;
import dev.errand.broker.Broker;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.Intake;
import dev.errand.broker.Lease;
import dev.errand.broker.Outcome;
import dev.errand.broker.Receipt;
import dev.errand.broker.Renewal;
import dev.errand.broker.Settled;
import dev.errand.broker.Signals;
import dev.errand.broker.TakeRequest;
import dev.errand.broker.Upkeep;
import dev.errand.broker.WorkerSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A way to a broker that fails as networks do: it can be away, lose answers, and deliver twice. */
final class UnreliableBroker extends ForwardingBroker {
    volatile boolean away;
    volatile boolean deliverTwice;
    /** Tasks of types without room are not passed over, as on a broker that cannot do that. */
    volatile boolean blindToTypes;
    /** So many calls are carried out with their answers lost. */
    final AtomicInteger answersToLose = new AtomicInteger();
    /** Outcomes of these tasks make the broker fail, for a reason of its own. */
    final Set<TaskId> choking = ConcurrentHashMap.newKeySet();

    private final List<Intake> opened = new CopyOnWriteArrayList<>();

    UnreliableBroker(Broker target) {
        super(target);
    }

    void goAway() {
        away = true;
        opened.forEach(Intake::nudge);
    }

    void comeBack() {
        away = false;
    }

    private <T> T reach(Supplier<T> call) {
        if (away) {
            throw new BrokerUnavailableException("the broker is away; wait for it");
        }
        T answer = call.get();
        if (away) {
            throw new BrokerUnavailableException("the broker went away during the call; repeat it");
        }
        if (answersToLose.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            throw new BrokerUnavailableException("the answer was lost; repeat the call");
        }
        return answer;
    }

    @Override
    public List<Receipt> enqueue(List<Envelope> tasks) {
        return reach(() -> target.enqueue(tasks));
    }

    @Override
    public <T> Optional<T> extension(Class<T> port) {
        if (port == Upkeep.class) {
            return target.extension(Upkeep.class).map(UnreliableUpkeep::new).map(port::cast);
        }
        return target.extension(port);
    }

    @Override
    public Intake open(WorkerSpec spec, Signals signals) {
        Intake intake = new UnreliableIntake(reach(() -> target.open(spec, signals)));
        opened.add(intake);
        return intake;
    }

    private final class UnreliableUpkeep implements Upkeep {
        private final Upkeep upkeep;

        UnreliableUpkeep(Upkeep upkeep) {
            this.upkeep = upkeep;
        }

        @Override
        public Due promote(int max) {
            return reach(() -> upkeep.promote(max));
        }

        @Override
        public int recover(int max) {
            return reach(() -> upkeep.recover(max));
        }

        @Override
        public Pruned prune(DeadLetterLimits limits, int max) {
            return reach(() -> upkeep.prune(limits, max));
        }
    }

    private final class UnreliableIntake implements Intake {
        private final Intake intake;

        UnreliableIntake(Intake intake) {
            this.intake = intake;
        }

        @Override
        public List<Delivery> take(TakeRequest request) {
            if (away) {
                throw new BrokerUnavailableException("the broker is away; wait for it");
            }
            // What a take has got is never withheld here: the broker under test would think it delivered.
            List<Delivery> taken = new ArrayList<>(intake.take(
                    blindToTypes
                            ? new TakeRequest(request.demands(), request.max(), Map.of(), request.maxWait())
                            : request));
            if (deliverTwice) {
                taken.addAll(List.copyOf(taken));
            }
            return taken;
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
            if (outcomes.stream().anyMatch(o -> choking.contains(o.lease().task()))) {
                throw new IllegalStateException("the broker chokes on an outcome; nothing of the batch was written");
            }
            return reach(() -> intake.settle(outcomes));
        }

        @Override
        public List<Renewal> renew(Collection<Lease> leases) {
            return reach(() -> intake.renew(leases));
        }

        @Override
        public void close() {
            intake.close();
        }
    }
}
