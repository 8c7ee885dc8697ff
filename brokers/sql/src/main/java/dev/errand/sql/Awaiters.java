package dev.errand.sql;

import dev.errand.TaskId;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The threads of this broker that await the ends of tasks. */
final class Awaiters {
    private final String open;
    private final Map<TaskId, Set<Bell>> waiting = new ConcurrentHashMap<>();

    Awaiters(Dialect dialect) {
        this.open = "SELECT id FROM task WHERE id IN (" + dialect.elements() + ") AND state <= " + State.WAITING;
    }

    void add(TaskId task, Bell bell) {
        waiting.compute(task, (id, bells) -> {
            Set<Bell> all = bells == null ? ConcurrentHashMap.newKeySet() : bells;
            all.add(bell);
            return all;
        });
    }

    void remove(TaskId task, Bell bell) {
        waiting.computeIfPresent(task, (id, bells) -> {
            bells.remove(bell);
            return bells.isEmpty() ? null : bells;
        });
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** These have ended or are gone: wakes who awaits them. */
    void ended(Collection<TaskId> tasks) {
        if (waiting.isEmpty()) {
            return;
        }
        for (TaskId task : tasks) {
            waiting.getOrDefault(task, Set.of()).forEach(Bell::ring);
        }
    }

    /** Finds out which of the awaited tasks have ended, and wakes who awaits them. */
    void check(Readers readers) {
        List<TaskId> awaited = new ArrayList<>(waiting.keySet());
        if (!awaited.isEmpty()) {
            Set<TaskId> stillOpen = readers.read(session -> stillOpen(session, awaited));
            awaited.removeAll(stillOpen);
            ended(awaited);
        }
    }

    private Set<TaskId> stillOpen(Session session, List<TaskId> tasks) throws SQLException {
        PreparedStatement select = session.prepare(open);
        select.setString(1, Json.ofTexts(tasks.stream().map(TaskId::value).toList()));
        Set<TaskId> found = new HashSet<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                found.add(TaskId.of(row.getString(1)));
            }
        }
        return found;
    }

    /** Wakes all. */
    void ringAll() {
        waiting.values().forEach(bells -> bells.forEach(Bell::ring));
    }
}
