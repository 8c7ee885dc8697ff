package dev.errand.sql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The rows of the processes that want to be woken. Each lives as long as its slot is locked: {@link LifeLocks}. */
final class Listeners {
    /**
     * Where to wake somebody.
     *
     * @param wants which changes, as bits
     */
    record Listener(long slot, String lockFile, String address, int wants) {}

    /** Every socket's file is called so, after the database's name: nothing else is ever deleted as left over. */
    static final String INFIX = "-wake-";

    private static final String ALL = "SELECT slot, lock_file, address, wants FROM listener";
    private static final String PUT = "INSERT INTO listener (slot, lock_file, address, wants) VALUES (?, ?, ?, ?)"
            + " ON CONFLICT (slot) DO UPDATE SET wants = excluded.wants";
    private static final String REMOVE = "DELETE FROM listener WHERE slot = ?";

    private final LifeLocks lives;

    Listeners(LifeLocks lives) {
        this.lives = lives;
    }

    static List<Listener> all(Session session) throws SQLException {
        List<Listener> all = new ArrayList<>();
        try (ResultSet row = session.prepare(ALL).executeQuery()) {
            while (row.next()) {
                all.add(new Listener(row.getLong(1), row.getString(2), row.getString(3), row.getInt(4)));
            }
        }
        return all;
    }

    /** Registers; the slot is locked before anybody else can see the row. Clears away those that are dead. */
    long join(Transaction tx, String lockFile, String address, int wants) throws SQLException {
        clear(tx);
        long slot = lives.holdNew(tx);
        put(tx, slot, lockFile, address, wants);
        return slot;
    }

    void put(Transaction tx, long slot, String lockFile, String address, int wants) throws SQLException {
        PreparedStatement put = tx.prepare(PUT);
        put.setLong(1, slot);
        put.setString(2, lockFile);
        put.setString(3, address);
        put.setInt(4, wants);
        put.executeUpdate();
    }

    void leave(Transaction tx, long slot) throws SQLException {
        remove(tx, slot);
        tx.changes().afterCommit(() -> lives.release(slot));
    }

    /** A listener that could not leave: for the others it is dead from now on. */
    void abandon(long slot) {
        lives.release(slot);
    }

    /** Takes away the rows and sockets of processes that are gone. */
    void clear(Transaction tx) throws SQLException {
        for (Listener listener : all(tx.session())) {
            try {
                if (lives.check(listener.lockFile(), listener.slot()) == LifeLocks.Life.DEAD) {
                    remove(tx, listener.slot());
                    tx.changes().afterCommit(() -> deleteSocket(Path.of(listener.address())));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static void remove(Transaction tx, long slot) throws SQLException {
        PreparedStatement remove = tx.prepare(REMOVE);
        remove.setLong(1, slot);
        remove.executeUpdate();
    }

    static void deleteSocket(Path socket) {
        try {
            if (socket.getFileName().toString().contains(INFIX)) {
                Files.deleteIfExists(socket);
            }
        } catch (IOException e) {
            // Left over; it does no harm.
        }
    }
}
