package dev.errand.sql;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Remembers every queue that was ever used. Written once for each; what this process has seen stored it does not ask for. */
final class Queues {
    private static final String INSERT = "INSERT INTO queue (name) VALUES (?) ON CONFLICT DO NOTHING";

    private final Set<String> known = ConcurrentHashMap.newKeySet();

    void know(Transaction tx, String queue) throws SQLException {
        if (known.contains(queue)) {
            return;
        }
        PreparedStatement insert = tx.prepare(INSERT);
        insert.setString(1, queue);
        insert.executeUpdate();
        tx.changes().afterCommit(() -> known.add(queue));
    }
}
