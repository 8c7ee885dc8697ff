package dev.errand.sql;

import dev.errand.broker.QueueControl;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** Holds queues back: a mark in the queue's row, which every take asks for. */
final class SqlQueueControl implements QueueControl {
    private static final String PAUSE = "INSERT INTO queue (name, paused) VALUES (?, ?)"
            + " ON CONFLICT (name) DO UPDATE SET paused = excluded.paused WHERE queue.paused IS NULL";
    private static final String RESUME = "UPDATE queue SET paused = NULL WHERE name = ? AND paused IS NOT NULL";
    private static final String PAUSED = "SELECT name, paused FROM queue WHERE paused IS NOT NULL";

    private final Writer writer;
    private final Readers readers;

    SqlQueueControl(Writer writer, Readers readers) {
        this.writer = writer;
        this.readers = readers;
    }

    @Override
    public boolean pause(String queue) {
        return writer.call(1, tx -> {
            PreparedStatement pause = tx.prepare(PAUSE);
            pause.setString(1, queue);
            pause.setLong(2, tx.now());
            return pause.executeUpdate() > 0;
        });
    }

    @Override
    public boolean resume(String queue) {
        return writer.call(1, tx -> {
            PreparedStatement resume = tx.prepare(RESUME);
            resume.setString(1, queue);
            boolean resumed = resume.executeUpdate() > 0;
            if (resumed) {
                tx.changes().ready(queue);
            }
            return resumed;
        });
    }

    @Override
    public Map<String, Instant> paused() {
        return readers.read(session -> {
            Map<String, Instant> paused = new TreeMap<>();
            try (ResultSet row = session.prepare(PAUSED).executeQuery()) {
                while (row.next()) {
                    paused.put(row.getString(1), Instant.ofEpochMilli(row.getLong(2)));
                }
            }
            return paused;
        });
    }
}
