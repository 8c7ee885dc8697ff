package dev.errand.sql;

import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;

/** SQLite, with a write-ahead log. */
final class SqliteDialect implements Dialect {
    /** Other programs' transactions only: ours queue at the {@link WriterGate}. */
    private static final int BUSY_MILLIS = 50;

    private static final int READER_CACHE_KIBIBYTES = 4096;

    private final SqliteOptions options;

    SqliteDialect(SqliteOptions options) {
        this.options = options;
    }

    @Override
    public String name() {
        return "sqlite";
    }

    @Override
    public Session writer(Path file) throws SQLException {
        Session session = connect(file);
        try {
            session.executeOnce("PRAGMA foreign_keys = OFF");
            session.executeOnce("PRAGMA synchronous = " + (options.syncEachCommit() ? "FULL" : "NORMAL"));
            session.executeOnce("PRAGMA cache_size = -" + options.cacheMebibytes() * 1024);
            session.executeOnce("PRAGMA temp_store = MEMORY");
            session.executeOnce("PRAGMA wal_autocheckpoint = 1000");
            return session;
        } catch (SQLException e) {
            session.close();
            throw e;
        }
    }

    @Override
    public Session reader(Path file) throws SQLException {
        Session session = connect(file);
        try {
            session.executeOnce("PRAGMA query_only = ON");
            session.executeOnce("PRAGMA cache_size = -" + READER_CACHE_KIBIBYTES);
            session.executeOnce("PRAGMA temp_store = MEMORY");
            return session;
        } catch (SQLException e) {
            session.close();
            throw e;
        }
    }

    private static Session connect(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_MILLIS);
        config.setGetGeneratedKeys(false);
        return new Session(JDBC.createConnection("jdbc:sqlite:" + file, config.toProperties()));
    }

    @Override
    public String beginWrite() {
        return "BEGIN IMMEDIATE";
    }

    @Override
    public String elements() {
        return "SELECT value FROM json_each(?)";
    }

    @Override
    public String by(String index) {
        return "INDEXED BY " + index;
    }
}
