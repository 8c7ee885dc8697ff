package dev.errand.sql;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What JDBC makes clumsy: values that may be null. */
final class Columns {
    private Columns() {}

    static @Nullable Long number(ResultSet row, int column) throws SQLException {
        long value = row.getLong(column);
        return value == 0 && row.wasNull() ? null : value;
    }

    static void set(PreparedStatement statement, int parameter, @Nullable Long value) throws SQLException {
        if (value == null) {
            statement.setObject(parameter, null);
        } else {
            statement.setLong(parameter, value);
        }
    }
}
