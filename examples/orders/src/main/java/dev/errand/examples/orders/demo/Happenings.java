package dev.errand.examples.orders.demo;

import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The last noteworthy things that happened. Thread-safe. */
final class Happenings {
    /** How a thing is coloured. */
    enum Kind {
        GOOD,
        AGAIN,
        BAD,
        NEWS
    }

    /** One of them. */
    record Happening(LocalTime at, Kind kind, String text) {}

    private static final int KEPT = 100;
    private final Deque<Happening> last = new ArrayDeque<>();
    private final Deque<Happening> untold = new ArrayDeque<>();

    synchronized void add(Kind kind, String text) {
        Happening happening = new Happening(LocalTime.now(ZoneId.systemDefault()), kind, text);
        keep(last, happening);
        keep(untold, happening);
    }

    private static void keep(Deque<Happening> all, Happening happening) {
        all.addLast(happening);
        if (all.size() > KEPT) {
            all.removeFirst();
        }
    }

    /** At most {@code max}, newest last. */
    synchronized List<Happening> last(int max) {
        List<Happening> all = new ArrayList<>(last);
        return all.subList(Math.max(0, all.size() - max), all.size());
    }

    /** What happened since the last call. */
    synchronized List<Happening> news() {
        List<Happening> all = List.copyOf(untold);
        untold.clear();
        return all;
    }
}
