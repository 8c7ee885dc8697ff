package dev.errand.contract.process;

import dev.errand.EnqueueAnswer;
import dev.errand.Enqueued;
import dev.errand.Errand;
import dev.errand.contract.process.JournalEntry.Event;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/**
 * A caller in a process of its own: enqueues tasks and puts each acknowledged id down. Arguments: the broker's URL, the
 * directory, then {@code threads}, {@code count} (of each thread; 0: without end), {@code bulk} (tasks of one call) and
 * {@code payload}. Ends when it is done and its standard input has ended.
 */
public final class EnqueueMain {
    private EnqueueMain() {}

    /** Enqueues. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Options options = Options.parse(arguments, 2);
        JournalWriter journal = new JournalWriter(Path.of(arguments[1]));
        int count = options.number("count").orElse(0);
        int bulk = options.number("bulk").orElse(1);
        String payload = options.text("payload").orElse("return").replace('_', ' ');
        try (Errand errand = Errand.connect(arguments[0])) {
            journal.write(Event.READY, "-", "");
            List<Thread> threads = Collections.nCopies(options.number("threads").orElse(1), payload).stream()
                    .map(script ->
                            Thread.ofPlatform().daemon().start(() -> enqueue(errand, journal, script, count, bulk)))
                    .toList();
            for (Thread thread : threads) {
                thread.join();
            }
        }
        journal.write(Event.STOPPED, "-", "");
        while (System.in.read() >= 0) {
            // Nothing is said; only the end counts.
        }
    }

    private static void enqueue(Errand errand, JournalWriter journal, String payload, int count, int bulk) {
        for (int i = 0; count == 0 || i < count; i++) {
            try {
                if (bulk == 1) {
                    journal.write(
                            Event.STORED,
                            errand.enqueue(Script.TYPE, payload).id().value(),
                            "");
                } else {
                    for (EnqueueAnswer answer : errand.enqueueAll(Script.TYPE, Collections.nCopies(bulk, payload))) {
                        journal.write(Event.STORED, ((Enqueued) answer).id().value(), "");
                    }
                }
            } catch (RuntimeException e) {
                journal.write(Event.REFUSED, "-", e.toString());
            }
        }
    }
}
