package dev.errand.contract;

import dev.errand.broker.Broker;
import dev.errand.broker.Envelope;
import dev.errand.broker.Intake;
import dev.errand.broker.Profile;
import dev.errand.broker.Receipt;
import dev.errand.broker.Signals;
import dev.errand.broker.WorkerSpec;
import java.util.List;
import java.util.Optional;

/** Passes everything on to another broker, which it does not own. */
class ForwardingBroker implements Broker {
    final Broker target;

    ForwardingBroker(Broker target) {
        this.target = target;
    }

    @Override
    public Profile profile() {
        return target.profile();
    }

    @Override
    public List<Receipt> enqueue(List<Envelope> tasks) {
        return target.enqueue(tasks);
    }

    @Override
    public boolean gathersEnqueues() {
        return target.gathersEnqueues();
    }

    @Override
    public Intake open(WorkerSpec spec, Signals signals) {
        return target.open(spec, signals);
    }

    @Override
    public <T> Optional<T> extension(Class<T> port) {
        return target.extension(port);
    }

    @Override
    public void close() {}
}
