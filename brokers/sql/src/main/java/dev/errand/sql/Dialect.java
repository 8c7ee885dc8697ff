package dev.errand.sql;

import java.nio.file.Path;
import java.sql.SQLException;

/**
 * What differs between databases. The statements of the operations are common SQL; what cannot be is here.
 */
interface Dialect {
    /** In URLs, profiles and the folder of the migrations. */
    String name();

    /** A session that may write. */
    Session writer(Path file) throws SQLException;

    /** A session that may only read. */
    Session reader(Path file) throws SQLException;

    /** Begins a transaction that will write. */
    String beginWrite();

    /** A table of one column {@code value} made from the one parameter, a JSON array. */
    String elements();

    /** After a table's name: read it by this index; for listings, where no order of the planner's would be as good. */
    String by(String index);
}
