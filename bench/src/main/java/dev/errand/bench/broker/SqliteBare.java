package dev.errand.bench.broker;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.UUID;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;

/**
 * SQLite by its driver alone: the statements of {@code NewRows}, {@code Taking} and {@code Ending} and the settings of
 * {@code SqliteDialect} in {@code brokers/sql}, copied. Change them here when they change there.
 */
final class SqliteBare implements Bare {
    private static final String COLUMNS = "seq, id, type, queue, priority, created, attempts, crashes, max_attempts,"
            + " timeout, retention, explicit, content_type, version, size, payload,"
            + " (not_before IS NOT NULL) + 2 * (deadline IS NOT NULL) + 4 * (unique_key IS NOT NULL)"
            + " + 8 * (partition_key IS NOT NULL) + 16 * (parent IS NOT NULL) + 32 * (workflow IS NOT NULL)"
            + " + 64 * (headers IS NOT NULL) + 128 * (extensions IS NOT NULL) + 256 * (errors IS NOT NULL)"
            + " + 512 * (debounce IS NOT NULL)"
            + ", not_before, deadline, unique_key,"
            + " unique_ttl, partition_key, parent, workflow, headers, extensions, errors, debounce, debounce_latest";

    private static final String INSERT =
            "INSERT INTO task (seq, id, type, queue, priority, created, attempts, crashes, max_attempts, timeout, retention,"
                    + " explicit, content_type, version, size, payload, state, ready, ord, attempt, nonce, lease) VALUES %s"
                    + " ON CONFLICT (id) DO NOTHING";

    private static final String ROW = "(?%1$d, ?%2$d, 'bench', 'bench', 0, ?%3$d, 0, 0, 25, 1800000, 0, 0,"
            + " 'application/octet-stream', 1, length(?%4$d), ?%4$d, 1, ?%3$d, ?%1$d, 0, " + Long.MAX_VALUE + ", "
            + Long.MAX_VALUE + ")";
    /** Rows of one statement: a power of two up to this. */
    private static final int MOST_ROWS = 64;

    private static final int ROW_PARAMETERS = 4;

    private static final String TAKE = "UPDATE task SET state = 2, attempt = attempt + 1, nonce = ?, worker = 1,"
            + " lease = ?, started = ?, ready = NULL, reason = NULL WHERE seq IN (SELECT seq FROM task WHERE state = 1"
            + " AND queue = 'bench' AND NOT EXISTS (SELECT 1 FROM queue WHERE name = 'bench' AND paused IS NOT NULL)"
            + " ORDER BY priority DESC, ord LIMIT ?) RETURNING " + COLUMNS + ", attempt, ord";

    private static final String COMPLETE = "DELETE FROM task WHERE id = ? AND state = 2 AND attempt = ? AND nonce = ?";

    private static final long LEASE_MILLIS = 30_000;
    private static final int ID = 2;
    private static final int PAYLOAD = 16;
    private static final int ATTEMPT = 30;

    private record Taken(String id, byte[] payload, long attempt) {}

    private final Connection connection;
    private final PreparedStatement begin;
    private final PreparedStatement commit;
    private final List<PreparedStatement> inserts = new ArrayList<>();
    private final PreparedStatement take;
    private final PreparedStatement complete;
    private long last;

    SqliteBare(Path file, Map<String, String> options) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setGetGeneratedKeys(false);
        connection = JDBC.createConnection("jdbc:sqlite:" + file, config.toProperties());
        try (Statement settings = connection.createStatement()) {
            String synchronous = options.getOrDefault("synchronous", "full").toUpperCase(Locale.ROOT);
            int mebibytes = Integer.parseInt(options.getOrDefault("cache-mb", "32"));
            settings.execute("PRAGMA foreign_keys = OFF");
            settings.execute("PRAGMA synchronous = " + synchronous);
            settings.execute("PRAGMA cache_size = -" + mebibytes * 1024);
            settings.execute("PRAGMA temp_store = MEMORY");
            settings.execute("PRAGMA wal_autocheckpoint = 1000");
        }
        begin = connection.prepareStatement("BEGIN IMMEDIATE");
        commit = connection.prepareStatement("COMMIT");
        for (int rows = 1; rows <= MOST_ROWS; rows *= 2) {
            inserts.add(connection.prepareStatement(insert(rows)));
        }
        take = connection.prepareStatement(TAKE);
        complete = connection.prepareStatement(COMPLETE);
    }

    @Override
    public void enqueue(List<byte[]> payloads) throws SQLException {
        begin.execute();
        long now = System.currentTimeMillis();
        List<byte[]> left = payloads;
        while (!left.isEmpty()) {
            int rows = Math.min(MOST_ROWS, Integer.highestOneBit(left.size()));
            insert(left.subList(0, rows), now);
            left = left.subList(rows, left.size());
        }
        commit.execute();
    }

    private void insert(List<byte[]> rows, long now) throws SQLException {
        PreparedStatement insert = inserts.get(Integer.numberOfTrailingZeros(rows.size()));
        int parameter = 1;
        for (byte[] payload : rows) {
            last++;
            insert.setLong(parameter, last);
            insert.setString(parameter + 1, id(now, last).toString());
            insert.setLong(parameter + 2, now);
            insert.setBytes(parameter + 3, payload);
            parameter += ROW_PARAMETERS;
        }
        insert.executeUpdate();
    }

    private static String insert(int rows) {
        StringJoiner all = new StringJoiner(", ");
        for (int first = 1; first <= rows * ROW_PARAMETERS; first += ROW_PARAMETERS) {
            all.add(ROW.formatted(first, first + 1, first + 2, first + 3));
        }
        return INSERT.formatted(all);
    }

    /** In the order of time, as ours are: random ones would cost more in the index. */
    private static UUID id(long now, long number) {
        return new UUID(now << 16 | 0x7000 | (number & 0xfff), Long.MIN_VALUE | number);
    }

    @Override
    public int takeAndComplete(int max) throws SQLException {
        long nonce = System.nanoTime();
        List<Taken> taken = take(max, nonce);
        if (taken.isEmpty()) {
            return 0;
        }
        begin.execute();
        int completed = 0;
        for (Taken task : taken) {
            complete.setString(1, task.id());
            complete.setLong(2, task.attempt());
            complete.setLong(3, nonce);
            completed += complete.executeUpdate();
        }
        commit.execute();
        if (completed != taken.size()) {
            throw new SQLException("only " + completed + " of " + taken.size() + " taken tasks could be completed");
        }
        return completed;
    }

    private List<Taken> take(int max, long nonce) throws SQLException {
        begin.execute();
        long now = System.currentTimeMillis();
        take.setLong(1, nonce);
        take.setLong(2, now + LEASE_MILLIS);
        take.setLong(3, now);
        take.setInt(4, max);
        List<Taken> taken = new ArrayList<>(max);
        try (ResultSet rows = take.executeQuery()) {
            while (rows.next()) {
                taken.add(new Taken(rows.getString(ID), rows.getBytes(PAYLOAD), rows.getLong(ATTEMPT)));
            }
        }
        commit.execute();
        return taken;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
