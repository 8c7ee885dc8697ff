package dev.errand.cli;

import dev.errand.broker.BrokerUrl;
import dev.errand.cli.watch.Lines;
import dev.errand.cli.watch.Watch;
import java.time.Duration;
import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code watch}. */
@Command(
        name = "watch",
        description = {
            "Show queues, workers and failures as they change; keys act on the chosen queue (? lists them).",
            "Without a terminal, or with --json: a line for each interval."
        },
        sortOptions = false)
final class WatchCommand extends BrokerCommand {
    private static final Duration SHORTEST = Duration.ofMillis(50);

    @Option(names = "--interval", paramLabel = "SPAN", description = "between two looks; 1s by default")
    Duration interval = Duration.ofSeconds(1);

    @Option(names = "--count", paramLabel = "N", description = "end after so many lines (without a terminal); 0: never")
    long count;

    @Override
    void check(World world) {
        if (interval.compareTo(SHORTEST) < 0 || interval.compareTo(Duration.ofHours(1)) > 0) {
            throw Refusal.usage("--interval " + interval + " is out of range; give 50ms to 1h");
        }
        if (count < 0) {
            throw Refusal.usage("--count " + count + " is out of range; give 0 or more");
        }
    }

    @Override
    int run(Session session) throws Exception {
        World world = session.world();
        Root root = (Root) Objects.requireNonNull(spec).root().userObject();
        boolean live = world.terminal().in()
                && world.terminal().out()
                && !session.out().isJson()
                && count == 0;
        if (live
                && new Watch(
                                session.broker(),
                                BrokerUrl.parse(root.url()).toString(),
                                world.time(),
                                world.in(),
                                world.out(),
                                root.isColourful(),
                                interval,
                                session::audit)
                        .run()) {
            return Exit.DONE;
        }
        new Lines(session.broker(), world.time(), world.out(), session.out().isJson()).run(interval, count);
        return Exit.DONE;
    }
}
