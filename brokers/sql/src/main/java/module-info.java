/** Tasks in an SQL database: the embedded default, SQLite. */
module dev.errand.sql {
    requires transitive dev.errand;
    requires java.sql;
    requires org.slf4j;
    requires org.xerial.sqlitejdbc;
    requires tools.jackson.core;
    requires static org.jspecify;

    exports dev.errand.sql;

    provides dev.errand.broker.BrokerProvider with
            dev.errand.sql.SqliteProvider;
}
