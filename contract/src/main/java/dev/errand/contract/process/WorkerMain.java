package dev.errand.contract.process;

import dev.errand.Errand;
import dev.errand.Schedule;
import dev.errand.Worker;
import dev.errand.contract.process.JournalEntry.Event;
import dev.errand.schedule.Missed;
import dev.errand.schedule.Overlap;
import dev.errand.time.Time;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A worker in a process of its own, which runs {@link Script}s. Arguments: the broker's URL, the directory, then options as
 * {@code name=value}: {@code lease}, {@code skew}, {@code drain}, {@code interrupt} (durations), {@code concurrency}, {@code every} (declares the
 * schedule {@link #SCHEDULE} with this interval). It stops
 * in good order when its standard input ends, and with SIGTERM.
 */
public final class WorkerMain {
    /** The schedule that a worker may declare; every due time gets its task. */
    public static final String SCHEDULE = "contract.ticks";

    private WorkerMain() {}

    /** Runs until the standard input ends. */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[1]);
        Options options = Options.parse(arguments, 2);
        JournalWriter journal = new JournalWriter(directory);
        Script script = new Script(directory);
        Time time = options.duration("skew").<Time>map(SkewedTime::new).orElseGet(Time::system);
        Errand errand = Errand.connect(arguments[0], c -> c.time(time));
        Worker worker = start(errand, journal, script, options);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
            errand.close();
            journal.write(Event.STOPPED, "-", "");
        }));
        journal.write(Event.READY, "-", worker.id());
        while (System.in.read() >= 0) {
            // Nothing is said; only the end counts.
        }
        System.exit(0);
    }

    private static Worker start(Errand errand, JournalWriter journal, Script script, Options options) {
        var builder = errand.worker()
                .queue(Script.TYPE.spec().queue())
                .concurrency(options.number("concurrency").orElse(100))
                .stopAfter(
                        options.duration("drain").orElse(Duration.ofSeconds(5)),
                        options.duration("interrupt").orElse(Duration.ofSeconds(2)))
                .handle(Script.TYPE, (payload, task) -> {
                    String id = task.id().value();
                    String token = task.token().toString();
                    journal.write(Event.BEGIN, id, token, task.attempt(), task.crashes(), payload);
                    try {
                        script.run(payload, task);
                        journal.write(Event.END, id, token, task.attempt(), task.crashes(), payload);
                    } catch (Throwable t) {
                        journal.write(Event.FAIL, id, token, task.attempt(), task.crashes(), t.toString());
                        throw t;
                    }
                });
        options.duration("every")
                .ifPresent(interval -> builder.schedule(Schedule.of(SCHEDULE, Script.TYPE, "return")
                        .every(interval)
                        .overlap(Overlap.ALLOW)
                        .missed(Missed.all(100))));
        Optional<Duration> lease = options.duration("lease");
        if (lease.isPresent()) {
            builder.lease(lease.get());
        }
        return builder.start();
    }
}
