package dev.errand.memory;

import org.jspecify.annotations.Nullable;

/**
 * A linked list through the entries themselves, so that one can leave from the middle in no time and without garbage. An
 * entry is in at most one chain, the one that its state calls for.
 */
final class Chain {
    private @Nullable Entry first;
    private @Nullable Entry last;
    private int size;

    @Nullable
    Entry first() {
        return first;
    }

    @Nullable
    Entry last() {
        return last;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void addLast(Entry entry) {
        join(entry);
        entry.before = last;
        if (last == null) {
            first = entry;
        } else {
            last.after = entry;
        }
        last = entry;
    }

    void addFirst(Entry entry) {
        join(entry);
        entry.after = first;
        if (first == null) {
            last = entry;
        } else {
            first.before = entry;
        }
        first = entry;
    }

    void remove(Entry entry) {
        if (entry.chain != this) {
            throw new IllegalStateException(entry.id() + " is not in this chain");
        }
        Entry before = entry.before;
        Entry after = entry.after;
        if (before == null) {
            first = after;
        } else {
            before.after = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.before = before;
        }
        entry.before = null;
        entry.after = null;
        entry.chain = null;
        size--;
    }

    private void join(Entry entry) {
        if (entry.chain != null) {
            throw new IllegalStateException(entry.id() + " is in a chain already");
        }
        entry.chain = this;
        size++;
    }
}
