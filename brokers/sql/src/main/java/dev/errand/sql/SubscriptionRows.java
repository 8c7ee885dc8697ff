package dev.errand.sql;

import dev.errand.broker.EventPattern;
import dev.errand.broker.Subscription;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rows of {@code subscription} and {@code subscription_pattern}. */
final class SubscriptionRows {
    private static final String ALL = "SELECT name, created, seen FROM subscription ORDER BY name";
    private static final String PATTERNS = "SELECT subscription, pattern FROM subscription_pattern";
    private static final String IS = "SELECT 1 FROM subscription WHERE name = ?";
    private static final String PUT = "INSERT INTO subscription (name, created, seen) VALUES (?, ?, ?)"
            + " ON CONFLICT (name) DO UPDATE SET seen = excluded.seen";
    private static final String ADD =
            "INSERT INTO subscription_pattern (subscription, pattern) VALUES (?, ?) ON CONFLICT DO NOTHING";
    private static final String TAKE = "DELETE FROM subscription_pattern WHERE subscription = ? AND pattern = ?";
    private static final String TAKE_ALL = "DELETE FROM subscription_pattern WHERE subscription = ?";
    private static final String DELETE = "DELETE FROM subscription WHERE name = ?";

    private SubscriptionRows() {}

    static List<Subscription> all(Session session) throws SQLException {
        Map<String, Set<EventPattern>> patterns = patterns(session);
        List<Subscription> all = new ArrayList<>();
        try (ResultSet row = session.prepare(ALL).executeQuery()) {
            while (row.next()) {
                all.add(new Subscription(
                        row.getString(1),
                        patterns.getOrDefault(row.getString(1), Set.of()),
                        Instant.ofEpochMilli(row.getLong(2)),
                        Instant.ofEpochMilli(row.getLong(3))));
            }
        }
        return all;
    }

    /** What each subscription that gets anything gets. */
    static Map<String, Set<EventPattern>> patterns(Session session) throws SQLException {
        Map<String, Set<EventPattern>> patterns = new HashMap<>();
        try (ResultSet row = session.prepare(PATTERNS).executeQuery()) {
            while (row.next()) {
                patterns.computeIfAbsent(row.getString(1), name -> new HashSet<>())
                        .add(EventPattern.of(row.getString(2)));
            }
        }
        return patterns;
    }

    static boolean exists(Session session, String name) throws SQLException {
        PreparedStatement select = session.prepare(IS);
        select.setString(1, name);
        try (ResultSet row = select.executeQuery()) {
            return row.next();
        }
    }

    static void put(Transaction tx, String name, Set<EventPattern> patterns) throws SQLException {
        PreparedStatement put = tx.prepare(PUT);
        put.setString(1, name);
        put.setLong(2, tx.now());
        put.setLong(3, tx.now());
        put.executeUpdate();
        for (EventPattern pattern : patterns) {
            PreparedStatement add = tx.prepare(ADD);
            add.setString(1, name);
            add.setString(2, pattern.text());
            add.executeUpdate();
        }
    }

    static boolean remove(Transaction tx, String name, EventPattern pattern) throws SQLException {
        PreparedStatement take = tx.prepare(TAKE);
        take.setString(1, name);
        take.setString(2, pattern.text());
        return take.executeUpdate() > 0;
    }

    static boolean remove(Transaction tx, String name) throws SQLException {
        PreparedStatement patterns = tx.prepare(TAKE_ALL);
        patterns.setString(1, name);
        patterns.executeUpdate();
        PreparedStatement delete = tx.prepare(DELETE);
        delete.setString(1, name);
        return delete.executeUpdate() > 0;
    }
}
