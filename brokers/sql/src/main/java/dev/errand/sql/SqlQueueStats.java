package dev.errand.sql;

import dev.errand.TaskId;
import dev.errand.TaskState;
import dev.errand.broker.QueueStats;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Counts by scans of the states' indexes: exact, and no burden on the writer. */
final class SqlQueueStats implements QueueStats {
    private static final String QUEUES = "SELECT name FROM queue ORDER BY name";
    private static final String NEXT_PRIORITY =
            "SELECT priority FROM task WHERE state = 1 AND queue = ? AND priority < ?"
                    + " ORDER BY priority DESC LIMIT 1";
    /** Places above 0 are given in the order of becoming ready. */
    private static final String FIRST_IN_LINE = "SELECT ready FROM task WHERE state = 1 AND queue = ? AND priority = ?"
            + " AND ord > 0 ORDER BY ord LIMIT 1";
    /** What was given back stands before them, and is seldom much. */
    private static final String GIVEN_BACK =
            "SELECT min(ready) FROM task WHERE state = 1 AND queue = ? AND priority = ? AND ord <= 0";

    private static final String PLACE = "SELECT queue, priority, ord FROM task WHERE id = ? AND state = 1";
    private static final String AHEAD =
            "SELECT (SELECT count(*) FROM task WHERE state = 1 AND queue = ?1 AND priority > ?2)"
                    + " + (SELECT count(*) FROM task WHERE state = 1 AND queue = ?1 AND priority = ?2 AND ord < ?3)";

    private final Readers readers;
    private final Listing listing;

    SqlQueueStats(Readers readers, Listing listing) {
        this.readers = readers;
        this.listing = listing;
    }

    @Override
    public List<String> queues() {
        return readers.read(session -> {
            List<String> names = new ArrayList<>();
            try (ResultSet row = session.prepare(QUEUES).executeQuery()) {
                while (row.next()) {
                    names.add(row.getString(1));
                }
            }
            return names;
        });
    }

    @Override
    public long depth(String queue) {
        return readers.read(session -> count(session, queue, TaskState.PENDING));
    }

    @Override
    public Map<TaskState, Long> counts(String queue) {
        return readers.read(session -> {
            Map<TaskState, Long> counts = new EnumMap<>(TaskState.class);
            for (TaskState state : TaskState.values()) {
                long count = count(session, queue, state);
                if (count > 0) {
                    counts.put(state, count);
                }
            }
            return counts;
        });
    }

    private long count(Session session, String queue, TaskState state) throws SQLException {
        PreparedStatement select =
                session.prepare("SELECT count(*) FROM " + listing.inState(state, false) + " AND queue = ?");
        select.setString(1, queue);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    @Override
    public Optional<Instant> oldestReady(String queue) {
        return readers.read(session -> {
            Long oldest = null;
            Long priority = number(session, NEXT_PRIORITY, queue, Long.MAX_VALUE);
            while (priority != null) {
                oldest = earlier(oldest, number(session, FIRST_IN_LINE, queue, priority));
                oldest = earlier(oldest, number(session, GIVEN_BACK, queue, priority));
                priority = number(session, NEXT_PRIORITY, queue, priority);
            }
            return Optional.ofNullable(Millis.instant(oldest));
        });
    }

    @Override
    public OptionalLong ahead(TaskId id) {
        return readers.read(session -> {
            PreparedStatement place = session.prepare(PLACE);
            place.setString(1, id.value());
            PreparedStatement ahead = session.prepare(AHEAD);
            try (ResultSet row = place.executeQuery()) {
                if (!row.next()) {
                    return OptionalLong.empty();
                }
                ahead.setString(1, row.getString(1));
                ahead.setLong(2, row.getLong(2));
                ahead.setLong(3, row.getLong(3));
            }
            try (ResultSet row = ahead.executeQuery()) {
                return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
            }
        });
    }

    private static @Nullable Long earlier(@Nullable Long one, @Nullable Long other) {
        return one == null ? other : other == null ? one : (Long) Math.min(one, other);
    }

    private static @Nullable Long number(Session session, String sql, String queue, long priority) throws SQLException {
        PreparedStatement select = session.prepare(sql);
        select.setString(1, queue);
        select.setLong(2, priority);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? Columns.number(row, 1) : null;
        }
    }
}
