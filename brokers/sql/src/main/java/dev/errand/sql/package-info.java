/**
 * Tasks in an SQL database; today SQLite, the embedded default. Users need only the URL: {@code sqlite:errand.db}.
 *
 * <p>Read {@code SqlBroker} first, then {@code Writer} (all writing), {@code Readers} (all reading) and {@code Switchboard}
 * (waking other processes). What one call does to the tables stands in the class that is named after it: {@code Enqueueing},
 * {@code Taking}, {@code Settling} and so on.
 */
@NullMarked
package dev.errand.sql;

import org.jspecify.annotations.NullMarked;
