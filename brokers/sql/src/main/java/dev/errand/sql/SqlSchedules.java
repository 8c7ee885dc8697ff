package dev.errand.sql;

import dev.errand.ErrandException;
import dev.errand.TaskId;
import dev.errand.broker.Envelope;
import dev.errand.broker.Receipt;
import dev.errand.broker.ScheduleStore;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The schedules: reads beside the writer, writes through it. */
final class SqlSchedules implements ScheduleStore {
    private final SqlBroker broker;
    private final Enqueueing enqueueing;

    SqlSchedules(SqlBroker broker, Enqueueing enqueueing) {
        this.broker = broker;
        this.enqueueing = enqueueing;
    }

    @Override
    public List<Stored> list() {
        return broker.readers().read(ScheduleRows::all);
    }

    @Override
    public Optional<Stored> find(String name) {
        return broker.readers().read(session -> Optional.ofNullable(ScheduleRows.find(session, name)));
    }

    @Override
    public boolean put(Stored next, long expected) {
        return broker.writer().call(1, tx -> {
            Stored before = ScheduleRows.find(tx.session(), next.name());
            if ((before == null ? 0 : before.version()) != expected) {
                return false;
            }
            ScheduleRows.put(tx, next);
            tx.changes().schedules();
            return true;
        });
    }

    @Override
    public boolean delete(String name) {
        return broker.writer().call(1, tx -> ScheduleRows.delete(tx, name));
    }

    @Override
    public Optional<Instant> nextDue(Instant after) {
        return broker.readers().read(session -> Optional.ofNullable(ScheduleRows.nextDue(session, after)));
    }

    @Override
    public List<Stored> due(Instant now, int max) {
        return broker.readers().read(session -> ScheduleRows.due(session, now, max));
    }

    @Override
    public Optional<List<Receipt>> advance(Stored next, long expected, List<Envelope> tasks, List<Run> runs) {
        return broker.writer().call(1 + tasks.size(), tx -> advance(tx, next, expected, tasks, runs));
    }

    /** All at once, so that they share commits; the writer sees to it that one that fails fails alone. */
    @Override
    public List<Advanced> advance(List<Advance> steps) {
        List<Call<Optional<List<Receipt>>>> calls = new ArrayList<>(steps.size());
        for (Advance step : steps) {
            Call<Optional<List<Receipt>>> call = new Call<>(
                    1 + step.tasks().size(),
                    tx -> advance(tx, step.next(), step.expected(), step.tasks(), step.runs()));
            broker.writer().submit(call);
            calls.add(call);
        }
        return calls.stream().map(SqlSchedules::answer).toList();
    }

    private static Advanced answer(Call<Optional<List<Receipt>>> call) {
        try {
            return call.await().<Advanced>map(Advanced.Done::new).orElseGet(Advanced.Superseded::new);
        } catch (ErrandException e) {
            return new Advanced.Failed(e);
        }
    }

    private Optional<List<Receipt>> advance(
            Transaction tx, Stored next, long expected, List<Envelope> tasks, List<Run> runs) throws SQLException {
        Stored before = ScheduleRows.find(tx.session(), next.name());
        if (before == null || before.version() != expected) {
            return Optional.empty();
        }
        List<Receipt> receipts = enqueueing.enqueue(tx, tasks);
        tx.newRows().store(); // from now on the answers stand
        Map<TaskId, TaskId> duplicates = new HashMap<>();
        for (int i = 0; i < receipts.size(); i++) {
            if (receipts.get(i) instanceof Receipt.Duplicate duplicate) {
                duplicates.put(tasks.get(i).id(), duplicate.existing());
            }
        }
        for (Run run : runs) {
            TaskId existing = run.task() == null ? null : duplicates.get(run.task());
            ScheduleRows.addRun(
                    tx,
                    next.name(),
                    existing == null ? run : new Run(run.due(), run.fired(), Result.DUPLICATE, existing));
        }
        ScheduleRows.trimRuns(tx, next.name());
        ScheduleRows.put(tx, next);
        if (isSooner(next.due(), before.due())) {
            tx.changes().schedules();
        }
        return Optional.of(receipts);
    }

    private static boolean isSooner(@Nullable Instant next, @Nullable Instant before) {
        return next != null && (before == null || next.isBefore(before));
    }

    @Override
    public List<Run> runs(String name, int limit) {
        return broker.readers().read(session -> ScheduleRows.runs(session, name, limit));
    }
}
