package dev.errand.bench.soak;

import org.jspecify.annotations.Nullable;

/**
 * One run of a handler.
 *
 * @param process the worker process
 * @param begin in microseconds since 1970
 * @param crashes how often the task had crashed before, as the handler was told
 * @param end how it ended; null if nothing is known
 * @param endedAt when; 0 if nothing is known
 */
record Ran(String process, long number, long nonce, int crashes, long begin, Line.@Nullable Event end, long endedAt) {
    boolean completed() {
        return end == Line.Event.END;
    }

    boolean isOf(String itsProcess, Line line) {
        return process.equals(itsProcess) && number == line.number() && nonce == line.nonce();
    }

    Ran ended(Line line) {
        return new Ran(process, number, nonce, crashes, begin, line.event(), line.at());
    }
}
