package dev.errand.bench.soak;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * One line of a journal.
 *
 * @param at when, in microseconds since 1970 by the clock that all processes of the machine share
 * @param number the attempt token's number; 0 if it is about no attempt
 * @param nonce the attempt token's nonce
 * @param crashes how often the task has crashed before, as its handler is told
 */
record Line(long at, Event event, String task, long number, long nonce, int crashes, String note) {
    private static final int FIELDS = 7;

    /** What happened. */
    enum Event {
        /** The process is ready. */
        READY,
        /** An enqueue was acknowledged; the note is the task's script. */
        STORED,
        /** An enqueue failed; the note says why. */
        REFUSED,
        /** A handler began; the note is the task's script. */
        BEGIN,
        /** It returned. */
        END,
        /** It threw what its script says. */
        FAIL,
        /** It was interrupted. */
        INTERRUPTED
    }

    static long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    static Line about(Event event, String task, String note) {
        return new Line(now(), event, task, 0, 0, 0, note);
    }

    String text() {
        return String.join(
                "\t",
                Long.toString(at),
                event.name(),
                task,
                Long.toString(number),
                Long.toString(nonce),
                Integer.toString(crashes),
                note.replaceAll("\\s", " "));
    }

    static Line parse(String text) {
        String[] parts = text.split("\t", -1);
        if (parts.length != FIELDS) {
            throw new IllegalArgumentException("not a line of a journal: " + text);
        }
        return new Line(
                Long.parseLong(parts[0]),
                Event.valueOf(parts[1]),
                parts[2],
                Long.parseLong(parts[3]),
                Long.parseLong(parts[4]),
                Integer.parseInt(parts[5]),
                parts[6]);
    }
}
