package dev.errand.sql;

import dev.errand.DeadCause;
import dev.errand.InvalidTaskException;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.broker.Debounce;
import dev.errand.broker.Envelope;
import dev.errand.broker.History;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.UniqueKey;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Between a row of {@code task} and the records of the port. What a row holds that cannot be read (another tool wrote it) is
 * left out and named in {@link Task#defect()}.
 */
final class TaskRow {
    /** Larger payloads go to a table of their own. */
    static final int LARGE = 2_000;

    /** Which of the columns that are mostly null are not: one number, so that the others need not be asked for. */
    private static final String PRESENT =
            "(not_before IS NOT NULL) + 2 * (deadline IS NOT NULL) + 4 * (unique_key IS NOT NULL)"
                    + " + 8 * (partition_key IS NOT NULL) + 16 * (parent IS NOT NULL) + 32 * (workflow IS NOT NULL)"
                    + " + 64 * (headers IS NOT NULL) + 128 * (extensions IS NOT NULL) + 256 * (errors IS NOT NULL)"
                    + " + 512 * (debounce IS NOT NULL)";

    /** What {@link #task} reads, in its order; a query may go on after them. */
    static final String COLUMNS = "seq, id, type, queue, priority, created, attempts, crashes, max_attempts, timeout,"
            + " retention, explicit, content_type, version, size, payload, " + PRESENT
            + ", not_before, deadline, unique_key,"
            + " unique_ttl, partition_key, parent, workflow, headers, extensions, errors, debounce, debounce_latest";

    private static final int COLUMN_COUNT = 29;

    /** What {@link #info} reads. */
    static final String INFO_COLUMNS = COLUMNS + ", state, due, ready,"
            + " (SELECT worker.id FROM worker WHERE worker.slot = task.worker), started, ended, cause, reason, cancel_reason,"
            + " result, result_type, result_version";

    /**
     * A new row already has the width that a take gives it (a nonce, and a lease a little too wide, for the worker's slot): rows
     * that grew would overflow their full pages, which costs half the speed.
     */
    static final String INSERT =
            "INSERT INTO task (seq, id, type, queue, priority, created, not_before, deadline, attempts,"
                    + " crashes, max_attempts, timeout, retention, explicit, unique_key, unique_ttl, partition_key, parent, workflow,"
                    + " headers, extensions, errors, content_type, version, size, payload, state, due, ready, ord, attempt, nonce, lease)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, "
                    + Long.MAX_VALUE + ", " + Long.MAX_VALUE + ") ON CONFLICT (id) DO NOTHING";

    /** Of the same width, and with the same defaults, for tasks that have nothing else. */
    private static final String INSERT_PLAIN =
            "INSERT INTO task (seq, id, type, queue, priority, created, attempts, crashes, max_attempts, timeout, retention,"
                    + " explicit, content_type, version, size, payload, state, ready, ord, attempt, nonce, lease) VALUES %s"
                    + " ON CONFLICT (id) DO NOTHING";

    private static final String PLAIN_ROW =
            "(?%1$d, ?%2$d, ?1, ?2, ?3, ?%3$d, 0, 0, ?4, ?5, ?6, ?7, ?8, ?9, length(?%4$d), ?%4$d, " + State.PENDING
                    + ", ?10, ?%1$d, 0, " + Long.MAX_VALUE + ", " + Long.MAX_VALUE + ")";

    private static final String LARGE_PAYLOAD = "SELECT bytes FROM large_payload WHERE seq = ?";

    /**
     * A task as read.
     *
     * @param defect what could not be read; null: nothing
     */
    record Task(long seq, Envelope envelope, @Nullable String defect) {}

    private TaskRow() {}

    static boolean isLarge(int size) {
        return size > LARGE;
    }

    /**
     * Stores so many pending tasks. Parameters, from 1: type, queue, priority, attempts, timeout, retention, explicit fields,
     * content type, version, the time; from {@code shared + 1}, {@code each} for each row: seq, id, created, payload.
     */
    static String insertPlain(int count, int shared, int each) {
        StringJoiner all = new StringJoiner(", ");
        for (int first = shared + 1; first <= shared + count * each; first += each) {
            all.add(PLAIN_ROW.formatted(first, first + 1, first + 2, first + 3));
        }
        return INSERT_PLAIN.formatted(all);
    }

    /** Sets the parameters of {@link #INSERT}. */
    static void bind(
            PreparedStatement insert,
            Envelope e,
            long seq,
            int state,
            @Nullable Long due,
            @Nullable Long ready,
            long ord)
            throws SQLException {
        insert.setLong(1, seq);
        insert.setString(2, e.id().value());
        insert.setString(3, e.type());
        insert.setString(4, e.queue());
        insert.setInt(5, e.priority());
        insert.setLong(6, Millis.of(e.created()));
        Columns.set(insert, 7, Millis.ofNullable(e.notBefore()));
        Columns.set(insert, 8, Millis.ofNullable(e.deadline()));
        insert.setInt(9, e.history().attempts());
        insert.setInt(10, e.history().crashes());
        insert.setInt(11, e.policy().maxAttempts());
        insert.setLong(12, Millis.of(e.policy().timeout()));
        insert.setLong(13, Millis.of(e.policy().retention()));
        insert.setInt(14, bits(e.policy().explicit()));
        UniqueKey unique = e.unique();
        insert.setString(15, unique == null ? null : unique.key());
        Columns.set(insert, 16, unique == null ? null : (Long) Millis.of(unique.ttl()));
        insert.setString(17, e.partitionKey());
        insert.setString(18, e.parent() == null ? null : e.parent().value());
        insert.setString(19, e.workflow());
        insert.setString(20, Json.ofMap(e.headers()));
        insert.setString(21, Json.ofMap(e.extensions()));
        insert.setString(22, Json.ofErrors(e.history().errors()));
        insert.setString(23, e.payload().contentType());
        insert.setInt(24, e.payload().version());
        insert.setInt(25, e.payload().size());
        insert.setBytes(26, isLarge(e.payload().size()) ? null : e.payload().bytes());
        insert.setInt(27, state);
        Columns.set(insert, 28, due);
        Columns.set(insert, 29, ready);
        insert.setLong(30, ord);
    }

    /** Reads {@link #COLUMNS}. */
    static Task task(ResultSet row, Session session) throws SQLException {
        Defects defects = new Defects();
        long seq = row.getLong(1);
        int present = row.getInt(17);
        String errors = text(row, present, 256, 27);
        TaskId parent = defects.readIfPresent("parent", text(row, present, 16, 23), TaskId::of);
        Duration ttl = Duration.ofMillis(row.getLong(21));
        UniqueKey unique = defects.readIfPresent(
                "unique_key", text(row, present, 4, 20), key -> new UniqueKey(String.valueOf(key), ttl));
        Debounce debounce = (present & 512) == 0 ? null : debounce(row, defects);
        Envelope envelope = new Envelope(
                TaskId.of(row.getString(2)),
                row.getString(3),
                payload(row, seq, session),
                row.getString(4),
                row.getInt(5),
                Instant.ofEpochMilli(row.getLong(6)),
                (present & 1) == 0 ? null : Instant.ofEpochMilli(row.getLong(18)),
                (present & 2) == 0 ? null : Instant.ofEpochMilli(row.getLong(19)),
                new History(row.getInt(7), row.getInt(8), defects.read("errors", errors, Json::toErrors, List.of())),
                policy(row),
                unique,
                debounce,
                text(row, present, 8, 22),
                parent,
                text(row, present, 32, 24),
                defects.read("headers", text(row, present, 64, 25), Json::toMap, Map.of()),
                defects.read("extensions", text(row, present, 128, 26), Json::toMap, Map.of()));
        return new Task(seq, envelope, defects.found);
    }

    private static @Nullable Debounce debounce(ResultSet row, Defects defects) throws SQLException {
        Instant latest = Instant.ofEpochMilli(row.getLong(29));
        return defects.readIfPresent("debounce", row.getString(28), key -> new Debounce(String.valueOf(key), latest));
    }

    private static Policy policy(ResultSet row) throws SQLException {
        return new Policy(
                row.getInt(9),
                Duration.ofMillis(row.getLong(10)),
                Duration.ofMillis(row.getLong(11)),
                fields(row.getInt(12)));
    }

    private static @Nullable String text(ResultSet row, int present, int bit, int column) throws SQLException {
        return (present & bit) == 0 ? null : row.getString(column);
    }

    /** Reads {@link #INFO_COLUMNS}. */
    static TaskInfo info(ResultSet row, Session session) throws SQLException {
        Task task = task(row, session);
        int c = COLUMN_COUNT;
        int state = row.getInt(c + 1);
        String cause = row.getString(c + 7);
        String cancel = row.getString(c + 9);
        byte[] result = row.getBytes(c + 10);
        String reason = row.getString(c + 8);
        return new TaskInfo(
                task.envelope(),
                State.of(state),
                Millis.instant(Columns.number(row, c + 2)),
                state == State.PENDING ? Millis.instant(Columns.number(row, c + 3)) : null,
                row.getString(c + 4),
                Millis.instant(Columns.number(row, c + 5)),
                Millis.instant(Columns.number(row, c + 6)),
                cause == null ? null : DeadCause.valueOf(cause),
                reason,
                cancel != null && state == State.ACTIVE,
                result == null ? null : new Payload(result, row.getString(c + 11), row.getInt(c + 12)));
    }

    private static Payload payload(ResultSet row, long seq, Session session) throws SQLException {
        byte[] bytes = row.getBytes(16);
        if (bytes == null && row.getInt(15) > 0) {
            PreparedStatement large = session.prepare(LARGE_PAYLOAD);
            large.setLong(1, seq);
            try (ResultSet found = large.executeQuery()) {
                bytes = found.next() ? found.getBytes(1) : null;
            }
        }
        return new Payload(Objects.requireNonNullElseGet(bytes, () -> new byte[0]), row.getString(13), row.getInt(14));
    }

    static int bits(Set<Policy.Field> fields) {
        int bits = 0;
        for (Policy.Field field : fields) {
            bits |= bit(field);
        }
        return bits;
    }

    private static Set<Policy.Field> fields(int bits) {
        if (bits == 0) {
            return Set.of();
        }
        Set<Policy.Field> fields = EnumSet.noneOf(Policy.Field.class);
        for (Policy.Field field : Policy.Field.values()) {
            if ((bits & bit(field)) != 0) {
                fields.add(field);
            }
        }
        return fields;
    }

    private static int bit(Policy.Field field) {
        return switch (field) {
            case MAX_ATTEMPTS -> 1;
            case TIMEOUT -> 2;
            case RETENTION -> 4;
        };
    }

    private static final class Defects {
        private @Nullable String found;

        <T> T read(
                String column,
                @Nullable String text,
                java.util.function.Function<@Nullable String, T> reader,
                T otherwise) {
            try {
                return reader.apply(text);
            } catch (IllegalArgumentException | InvalidTaskException e) {
                found = "the column " + column + " of the task is not readable: " + e.getMessage();
                return otherwise;
            }
        }

        <T> @Nullable T readIfPresent(
                String column, @Nullable String text, java.util.function.Function<String, T> reader) {
            try {
                return text == null ? null : reader.apply(text);
            } catch (IllegalArgumentException | InvalidTaskException e) {
                found = "the column " + column + " of the task is not readable: " + e.getMessage();
                return null;
            }
        }
    }
}
