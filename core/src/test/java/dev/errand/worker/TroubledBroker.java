package dev.errand.worker;

import dev.errand.BrokerUnavailableException;
import dev.errand.broker.Broker;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.Intake;
import dev.errand.broker.Lease;
import dev.errand.broker.Outcome;
import dev.errand.broker.Profile;
import dev.errand.broker.Receipt;
import dev.errand.broker.Renewal;
import dev.errand.broker.Settled;
import dev.errand.broker.Signals;
import dev.errand.broker.TakeRequest;
import dev.errand.broker.Upkeep;
import dev.errand.broker.WorkerSpec;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** A real broker behind a bad line: can be out of reach, and its settling can be interfered with. */
final class TroubledBroker implements Broker {
    private final Broker real;
    final AtomicInteger refusals = new AtomicInteger();
    final AtomicInteger renewals = new AtomicInteger();
    /** Intakes that are open. */
    final AtomicInteger open = new AtomicInteger();
    /** The queues that the take in flight asks for; empty: there is none. */
    volatile Set<String> asked = Set.of();

    volatile boolean away;
    volatile Runnable onOpen = () -> {};
    volatile UnaryOperator<List<Outcome>> beforeSettle = outcomes -> outcomes;
    volatile UnaryOperator<List<Settled>> afterSettle = answers -> answers;
    volatile UnaryOperator<List<Renewal>> afterRenew = answers -> answers;

    TroubledBroker(Broker real) {
        this.real = real;
    }

    private void reach() {
        if (away) {
            refusals.incrementAndGet();
            throw new BrokerUnavailableException("the line is cut");
        }
    }

    @Override
    public Profile profile() {
        return real.profile();
    }

    @Override
    public List<Receipt> enqueue(List<Envelope> tasks) {
        reach();
        return real.enqueue(tasks);
    }

    @Override
    public Intake open(WorkerSpec spec, Signals signals) {
        Intake intake = real.open(spec, signals);
        open.incrementAndGet();
        onOpen.run();
        return new Intake() {
            @Override
            public List<Delivery> take(TakeRequest request) {
                reach();
                asked = request.demands().stream()
                        .map(TakeRequest.Demand::queue)
                        .collect(Collectors.toUnmodifiableSet());
                try {
                    return intake.take(request);
                } finally {
                    asked = Set.of();
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
                reach();
                return afterSettle.apply(intake.settle(beforeSettle.apply(outcomes)));
            }

            @Override
            public List<Renewal> renew(Collection<Lease> leases) {
                reach();
                List<Renewal> answers = intake.renew(leases);
                renewals.incrementAndGet();
                return afterRenew.apply(answers);
            }

            @Override
            public void close() {
                intake.close();
                open.decrementAndGet();
            }
        };
    }

    @Override
    public <T> Optional<T> extension(Class<T> port) {
        Optional<T> part = real.extension(port);
        if (!port.equals(Upkeep.class)) {
            return part;
        }
        return part.map(upkeep -> port.cast(Proxy.newProxyInstance(
                port.getClassLoader(), new Class<?>[] {port}, (proxy, method, arguments) -> {
                    reach();
                    try {
                        return method.invoke(upkeep, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                })));
    }

    @Override
    public void close() {
        real.close();
    }
}
