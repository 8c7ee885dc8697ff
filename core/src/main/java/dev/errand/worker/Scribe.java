package dev.errand.worker;

import dev.errand.BrokerUnavailableException;
import dev.errand.broker.TaskRecords;
import dev.errand.broker.TaskRecords.Note;
import dev.errand.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes progress and log lines down, those of all attempts together and at most once a second, on a thread of its own that
 * starts with the first of them. While the broker cannot be reached they wait in their {@link Diary diaries}, which are bounded;
 * no handler ever waits for it. The {@link Settler} writes an attempt's last ones before its outcome, under the same lock, so
 * that the newest is never overtaken.
 */
final class Scribe {
    private static final Logger log = LoggerFactory.getLogger(Scribe.class);
    private static final Duration SPACING = Duration.ofSeconds(1);
    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final int MAX_BATCH = 1_000;

    private final TaskRecords records;
    private final Time time;
    private final Loop loop;
    private final ConcurrentLinkedQueue<Diary> full = new ConcurrentLinkedQueue<>();
    private final ReentrantLock writing = new ReentrantLock();
    /** Drained and not known to be written. */
    private List<Note> inFlight = List.of();

    private long next;

    Scribe(TaskRecords records, Time time, Outage outage) {
        this.records = records;
        this.time = time;
        this.next = time.nanoTime();
        this.loop = new Loop("scribe", time, outage, this::writeAll);
    }

    /** The diary has something to be written. */
    void add(Diary diary) {
        full.add(diary);
        loop.start();
        loop.wake();
    }

    /** Writes these, and before them what is still in flight; throws only if the broker cannot be reached. */
    void write(List<Note> last) {
        writing.lock();
        try {
            List<Note> all = new ArrayList<>(inFlight);
            all.addAll(last);
            if (!all.isEmpty()) {
                tryToWrite(all);
            }
            inFlight = List.of();
        } finally {
            writing.unlock();
        }
    }

    private void tryToWrite(List<Note> notes) {
        try {
            records.write(notes);
        } catch (BrokerUnavailableException e) {
            throw e;
        } catch (RuntimeException e) {
            log.warn("{} notes of progress or log could not be written and are lost; the tasks go on", notes.size(), e);
        }
    }

    private Duration writeAll() {
        long left = next - time.nanoTime();
        if (left > 0) {
            return Duration.ofNanos(left);
        }
        writing.lock();
        try {
            if (inFlight.isEmpty()) {
                inFlight = drain();
            }
            if (inFlight.isEmpty()) {
                return IDLE;
            }
            tryToWrite(inFlight);
            inFlight = List.of();
        } finally {
            writing.unlock();
        }
        next = time.nanoTime() + (full.isEmpty() ? SPACING.toNanos() : 0);
        return full.isEmpty() ? SPACING : Duration.ZERO;
    }

    private List<Note> drain() {
        List<Note> notes = new ArrayList<>();
        while (notes.size() < MAX_BATCH) {
            Diary diary = full.poll();
            if (diary == null) {
                break;
            }
            notes.addAll(diary.drain(time.now()));
        }
        return notes;
    }

    void stop() {
        loop.stop();
        loop.join(Duration.ofSeconds(5));
    }
}
