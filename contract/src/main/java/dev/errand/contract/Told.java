package dev.errand.contract;

import dev.errand.TaskId;
import dev.errand.broker.Lease;
import dev.errand.broker.Signals;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** What a broker has told a worker. */
final class Told implements Signals {
    final List<Lease> lost = new CopyOnWriteArrayList<>();
    final List<TaskId> cancelled = new CopyOnWriteArrayList<>();
    final AtomicInteger due = new AtomicInteger();
    final AtomicInteger schedules = new AtomicInteger();

    @Override
    public void lost(Lease lease) {
        lost.add(lease);
    }

    @Override
    public void cancel(TaskId task) {
        cancelled.add(task);
    }

    @Override
    public void dueChanged() {
        due.incrementAndGet();
    }

    @Override
    public void schedulesChanged() {
        schedules.incrementAndGet();
    }
}
