package dev.errand.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/** A connection with its prepared statements, which are kept. For one thread at a time. */
final class Session implements AutoCloseable {
    private final Connection connection;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();

    Session(Connection connection) {
        this.connection = connection;
    }

    /** The statement for {@code sql}, prepared once; a result set of it that is still open must have been read. */
    PreparedStatement prepare(String sql) throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        return statement;
    }

    /** Runs something without parameters or result, prepared too; not a query, which would stay open and hold its snapshot. */
    void execute(String sql) throws SQLException {
        prepare(sql).execute();
    }

    /** Runs something once. */
    void executeOnce(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Runs a script of several statements. */
    void executeScript(String script) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(script);
        }
    }

    /** A fresh statement, to be closed by the caller. */
    Statement statement() throws SQLException {
        return connection.createStatement();
    }

    /**
     * Rolls back; SQLite may have done so already. Any other failure is added to {@code cause}. The statements are prepared
     * anew afterwards: the driver closes a statement that failed.
     */
    void rollback(Throwable cause) {
        forget();
        try {
            executeOnce("ROLLBACK");
        } catch (SQLException e) {
            if (!String.valueOf(e.getMessage()).contains("no transaction is active")) {
                cause.addSuppressed(e);
            }
        }
    }

    /** Drops the prepared statements, after a failure. */
    void forget() {
        for (PreparedStatement statement : prepared.values()) {
            try {
                statement.close();
            } catch (SQLException e) {
                // It was broken; what matters is that it is not used again.
            }
        }
        prepared.clear();
    }

    @Override
    public void close() throws SQLException {
        forget();
        connection.close();
    }
}
