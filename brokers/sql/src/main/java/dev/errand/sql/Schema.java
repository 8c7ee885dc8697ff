package dev.errand.sql;

import dev.errand.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;

/**
 * Recognises our database, and brings it to this release's version: each step is a numbered resource and runs in one
 * transaction with its entry in {@code errand_version}. A file that is something else is left as it is.
 */
final class Schema {
    /** In the header of every file of ours, where {@code file(1)} and others see it: "Errd". */
    static final int APPLICATION_ID = 0x45727264;

    private static final String WAL = "wal";
    private static final List<String> STEPS = List.of("001-tasks.sql", "002-events.sql");
    /** Up to this size a file is checked through and through when it is opened. */
    private static final long CHECKED_BYTES = 8L << 20;

    private Schema() {}

    /** This release's version. */
    static int version() {
        return STEPS.size();
    }

    /**
     * Checks the file and brings it up to date. The caller is alone: it holds the {@link WriterGate}.
     *
     * @throws StorageException if it is damaged, not ours, or of a newer release; it is untouched then
     */
    static void prepare(Session session, Path file, Instant now) throws SQLException, IOException {
        int found = recognise(session, file);
        if (found > version()) {
            throw new StorageException("The SQLite file " + file + " has schema version " + found
                    + ", and this release of Errand knows versions up to " + version()
                    + "; use the release that wrote it or a newer one, or name another file");
        }
        if (found > 0 && Files.size(file) <= CHECKED_BYTES) {
            check(session, file);
        }
        useLog(session, file);
        for (int next = found + 1; next <= version(); next++) {
            apply(session, next, now);
        }
    }

    /** The mode stays with the file, so it is set only once; SQLite answers the old one if it cannot. */
    private static void useLog(Session session, Path file) throws SQLException {
        if (WAL.equals(text(session, "PRAGMA journal_mode"))) {
            return;
        }
        String mode = text(session, "PRAGMA journal_mode = WAL");
        if (!WAL.equals(mode)) {
            throw new StorageException("The SQLite file " + file + " stays in the journal mode " + mode
                    + ", in which readers and writers hinder each other; end other programs that use it, or put it on a"
                    + " file system that has shared memory");
        }
    }

    private static int recognise(Session session, Path file) throws SQLException {
        int id = (int) number(session, "PRAGMA application_id");
        long tables = number(session, "SELECT count(*) FROM sqlite_schema");
        if (id == 0 && tables == 0) {
            return 0;
        }
        boolean ours = id == APPLICATION_ID
                && number(session, "SELECT count(*) FROM sqlite_schema WHERE name = 'errand_version'") == 1;
        if (!ours) {
            throw new StorageException(
                    "The SQLite file " + file + " belongs to another application; name a file of its own for Errand");
        }
        return (int) number(session, "SELECT max(version) FROM errand_version");
    }

    private static void check(Session session, Path file) throws SQLException {
        try (ResultSet rows = session.prepare("PRAGMA quick_check(1)").executeQuery()) {
            String answer = rows.next() ? rows.getString(1) : "no answer";
            if (!"ok".equals(answer)) {
                throw new StorageException("The SQLite file " + file + " is damaged (" + answer
                        + "); keep a copy of it and of the files beside it, and rescue what can be read with "
                        + "'sqlite3 FILE .recover', or restore a backup");
            }
        }
    }

    private static void apply(Session session, int number, Instant now) throws SQLException {
        session.executeOnce("BEGIN IMMEDIATE");
        try {
            if (number == 1) {
                session.executeOnce("PRAGMA application_id = " + APPLICATION_ID);
                session.executeOnce(
                        "CREATE TABLE errand_version (version INTEGER PRIMARY KEY, applied INTEGER NOT NULL) STRICT");
            }
            session.executeScript(read(STEPS.get(number - 1)));
            try (Statement insert = session.statement()) {
                insert.executeUpdate("INSERT INTO errand_version (version, applied) VALUES (" + number + ", "
                        + now.toEpochMilli() + ")");
            }
            session.executeOnce("COMMIT");
        } catch (SQLException e) {
            session.rollback(e);
            throw e;
        }
    }

    private static String read(String step) {
        try (InputStream in = Schema.class.getResourceAsStream("sqlite/" + step)) {
            if (in == null) {
                throw new IllegalStateException("the migration " + step + " is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Session session, String sql) throws SQLException {
        try (Statement statement = session.statement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : "";
        }
    }

    private static long number(Session session, String sql) throws SQLException {
        try (Statement statement = session.statement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }
}
