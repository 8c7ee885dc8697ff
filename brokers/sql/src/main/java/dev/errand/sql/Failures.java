package dev.errand.sql;

import dev.errand.BrokerClosedException;
import dev.errand.BrokerUnavailableException;
import dev.errand.ErrandException;
import dev.errand.InvalidTaskException;
import dev.errand.StorageException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteException;

/** Turns what SQLite and the file system report into our exceptions, each with the file and the remedy. */
final class Failures {
    private Failures() {}

    /** The caller's exception for {@code cause}, which came up at {@code file}. */
    static ErrandException of(Throwable cause, Path file) {
        return switch (cause) {
            case ErrandException ours -> ours;
            case SQLiteException e -> sqlite(e, file);
            case SQLException e -> storage(file, "could not be used: " + e.getMessage(), e);
            case AccessDeniedException e ->
                storage(
                        file,
                        "or a file beside it cannot be opened; give this user the right to read and write the file "
                                + "and its directory (" + e.getMessage() + ")",
                        e);
            case IOException e -> storage(file, "or a file beside it could not be used: " + e, e);
            default -> storage(file, "could not be used because of an error in Errand: " + cause, cause);
        };
    }

    /** The same exception for another thread, with that thread's stack and the first as cause. */
    static ErrandException again(ErrandException e) {
        String message = String.valueOf(e.getMessage());
        return switch (e) {
            case StorageException s -> new StorageException(message, s);
            case BrokerUnavailableException u -> new BrokerUnavailableException(message, u);
            case BrokerClosedException c -> new BrokerClosedException(message, c);
            case InvalidTaskException i -> new InvalidTaskException(message, i);
            default -> e;
        };
    }

    private static ErrandException sqlite(SQLiteException e, Path file) {
        return switch (code(e)) {
            case 13 -> storage(file, "cannot grow, its disk is full; make room, then it goes on by itself", e);
            case 8 -> storage(file, "is read-only; give this user the right to write it and its directory", e);
            case 11 ->
                storage(
                        file,
                        "is damaged; stop all its users, keep a copy of it and of the files beside it, and rescue "
                                + "what can be read with 'sqlite3 FILE .recover', or restore a backup",
                        e);
            case 26 -> storage(file, "is not an SQLite database; name another file", e);
            case 14 ->
                storage(
                        file,
                        "cannot be opened; check that it is there and that this user may read and write it and its "
                                + "directory",
                        e);
            case 10 ->
                storage(file, "could not be read or written by the system; check its disk (" + e.getMessage() + ")", e);
            case 18 -> storage(file, "cannot hold a value as large as this one; store a smaller payload", e);
            case 5, 6 ->
                new BrokerUnavailableException(
                        "The SQLite file " + file + " is locked by another program; end its transaction and try again",
                        e);
            default -> storage(file, "could not be used: " + e.getMessage(), e);
        };
    }

    /** SQLite's primary result code; its extended ones carry it in their low byte. */
    static int code(SQLiteException e) {
        return e.getResultCode().code & 0xff;
    }

    /** Whether another program's transaction is in the way. */
    static boolean isBusy(SQLException e) {
        return e instanceof SQLiteException s && (code(s) == 5 || code(s) == 6);
    }

    /** Whether the whole file is concerned and not one caller's work, so that trying the others' alone is in vain. */
    static boolean isEverybodys(Throwable e) {
        return e instanceof SQLiteException s
                && switch (code(s)) {
                    case 5, 6, 8, 10, 11, 14, 26 -> true;
                    default -> false;
                };
    }

    private static StorageException storage(Path file, String what, Throwable cause) {
        return new StorageException("The SQLite file " + file + " " + what, cause);
    }
}
