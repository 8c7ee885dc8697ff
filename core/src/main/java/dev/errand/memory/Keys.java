package dev.errand.memory;

import dev.errand.TaskId;
import dev.errand.broker.UniqueKey;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who holds which unique key. A key is held while its task lives, and in any case until its time to live has passed; so it
 * may outlive its task.
 */
final class Keys {
    private record Name(String type, String key) {}

    /** One task's right to one key. */
    static final class Hold {
        private final Name name;
        private final TaskId task;
        private final Instant until;
        private final long number;
        /** Whether its task is gone. */
        private boolean orphan;

        private Hold(Name name, TaskId task, Instant until, long number) {
            this.name = name;
            this.task = task;
            this.until = until;
            this.number = number;
        }
    }

    private final Map<Name, Hold> holds = new HashMap<>();
    /** Those whose task has ended, by the end of their time to live. */
    private final TreeSet<Hold> ending =
            new TreeSet<>(Comparator.comparing((Hold hold) -> hold.until).thenComparingLong(hold -> hold.number));

    private int orphans;
    private long nextNumber;

    /** How many keys are held for tasks that are gone. */
    int orphans() {
        return orphans;
    }

    /** The task that holds the key. */
    Optional<TaskId> holder(String type, UniqueKey key) {
        return Optional.ofNullable(holds.get(new Name(type, key.key()))).map(hold -> hold.task);
    }

    /** Gives the key, which must be free, to a task. */
    Hold take(String type, UniqueKey key, TaskId task, Instant until) {
        Hold hold = new Hold(new Name(type, key.key()), task, until, nextNumber++);
        holds.put(hold.name, hold);
        return hold;
    }

    /** The task has completed or died: from now on only the time to live holds the key. */
    void ended(Hold hold, Instant now) {
        if (!isHeld(hold)) {
            return;
        }
        if (hold.until.isAfter(now)) {
            ending.add(hold);
        } else {
            free(hold);
        }
    }

    /** The task is gone; a key whose time to live has not passed stays held. */
    void orphaned(Hold hold) {
        if (isHeld(hold) && !hold.orphan) {
            hold.orphan = true;
            orphans++;
        }
    }

    /** The dead task runs again: it holds the key again if it still does; false if it lost it. */
    boolean revived(@Nullable Hold hold) {
        if (hold == null || !isHeld(hold)) {
            return false;
        }
        ending.remove(hold);
        return true;
    }

    /** Gives the key up, whatever its time to live. */
    void free(Hold hold) {
        if (!holds.remove(hold.name, hold)) {
            return;
        }
        ending.remove(hold);
        if (hold.orphan) {
            orphans--;
        }
    }

    /** Frees the keys whose tasks have ended and whose time to live has passed. */
    void expire(Instant now) {
        while (!ending.isEmpty() && !ending.first().until.isAfter(now)) {
            free(ending.first());
        }
    }

    private boolean isHeld(Hold hold) {
        return holds.get(hold.name) == hold;
    }
}
