package dev.errand.notices;

import dev.errand.Listener;
import dev.errand.Notice;
import dev.errand.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the engine tells what has happened. Null wherever nobody listens: whoever has something to tell looks for null first
 * and makes no notice in vain. Thread-safe; telling never waits.
 */
public final class Notices {
    /** For all listeners together. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final Ear[] own;
    private final Ear[] all;

    private final Time time;

    private Notices(Ear[] own, Ear[] all, Time time) {
        this.own = own;
        this.all = all;
        this.time = time;
    }

    /**
     * Starts to listen.
     *
     * @param outer whose listeners hear everything, too; they are not closed with these; null if there are none
     * @param listeners each with a thread of its own
     * @param time for how often troubles are logged
     * @param missed counts what any of the listeners misses
     * @return null if nobody listens
     */
    public static @Nullable Notices start(
            @Nullable Notices outer, List<Listener> listeners, Time time, LongAdder missed) {
        if (listeners.isEmpty()) {
            return outer == null ? null : outer.withoutOwn();
        }
        List<Ear> own = new ArrayList<>();
        listeners.forEach(listener -> own.add(new Ear(listener, time, missed)));
        List<Ear> all = new ArrayList<>(own);
        if (outer != null) {
            all.addAll(List.of(outer.all));
        }
        own.forEach(Ear::start);
        return new Notices(own.toArray(Ear[]::new), all.toArray(Ear[]::new), time);
    }

    /** Hands it over. */
    public void tell(Notice notice) {
        for (Ear ear : all) {
            ear.tell(notice);
        }
    }

    /** Makes a call of the broker and tells of it. */
    public <T> T call(Notice.Call call, int size, Supplier<T> body) {
        long begin = time.nanoTime();
        T answer;
        try {
            answer = body.get();
        } catch (RuntimeException | Error e) {
            tell(new Notice.BrokerCall(
                    call,
                    size,
                    Duration.ofNanos(time.nanoTime() - begin),
                    e.getClass().getName()));
            throw e;
        }
        tell(new Notice.BrokerCall(call, size, Duration.ofNanos(time.nanoTime() - begin), null));
        return answer;
    }

    private Notices withoutOwn() {
        return new Notices(new Ear[0], all, time);
    }

    /** Ends; the own listeners still hear what was told before, within two seconds. */
    public void close() {
        for (Ear ear : own) {
            ear.close();
        }
        long end = System.nanoTime() + LAST_WORDS.toNanos();
        for (Ear ear : own) {
            ear.join(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        }
    }
}
