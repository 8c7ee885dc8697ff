package dev.errand.cli;

import dev.errand.cli.text.When;
import dev.errand.schedule.At;
import dev.errand.schedule.Cron;
import dev.errand.schedule.Every;
import dev.errand.schedule.Missed;
import dev.errand.schedule.Overlap;
import dev.errand.schedule.Rule;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** When a schedule is due, and what is done about overlap and missed times. */
final class RuleOptions {
    @Option(
            names = "--cron",
            paramLabel = "EXPRESSION",
            description = "five fields, or six with seconds first: '0 3 * * *'")
    @Nullable
    String cron;

    @Option(
            names = "--zone",
            paramLabel = "ZONE",
            description = "with --cron: its time zone, such as Europe/Berlin; UTC by default")
    @Nullable
    String zone;

    @Option(names = "--every", paramLabel = "SPAN", description = "an interval: 15m")
    @Nullable
    Duration every;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description = "with --every: one of the times; by default 1970-01-01T00:00:00Z")
    @Nullable
    When from;

    @Option(names = "--at", paramLabel = "TIME", description = "a fixed time, or a span from now; may be repeated")
    List<When> at = List.of();

    @Option(
            names = "--overlap",
            paramLabel = "CHOICE",
            description = "when the last task has not ended: ${COMPLETION-CANDIDATES}; SKIP by default")
    @Nullable
    Overlap overlap;

    @Option(
            names = "--missed",
            paramLabel = "CHOICE",
            description = "about times at which no worker was there: skip, once or all:N; once by default")
    @Nullable
    String missed;

    @Option(names = "--jitter", paramLabel = "SPAN", description = "delay each run by less than this")
    @Nullable
    Duration jitter;

    void check() {
        long rules = Stream.of(cron != null, every != null, !at.isEmpty())
                .filter(given -> given)
                .count();
        if (rules > 1) {
            throw Refusal.usage("give one of --cron, --every and --at");
        }
        if (zone != null && cron == null) {
            throw Refusal.usage("--zone goes with --cron");
        }
        if (from != null && every == null) {
            throw Refusal.usage("--from goes with --every");
        }
    }

    boolean isAny() {
        return cron != null || every != null || !at.isEmpty() || overlap != null || missed != null || jitter != null;
    }

    /** The rule that was given; a cron expression without a zone stays in that of the rule before. */
    Optional<Rule> rule(Instant now, @Nullable Rule before) {
        if (cron != null) {
            return Optional.of(Cron.parse(cron, before instanceof Cron old && zone == null ? old.zone() : zone()));
        }
        if (every != null) {
            return Optional.of(from == null ? Every.of(every) : new Every(every, from.ahead(now)));
        }
        return at.isEmpty()
                ? Optional.empty()
                : Optional.of(new At(at.stream().map(time -> time.ahead(now)).toList()));
    }

    private ZoneId zone() {
        try {
            return ZoneId.of(zone == null ? "UTC" : zone);
        } catch (DateTimeException e) {
            throw Refusal.usage("there is no time zone '" + zone + "'; give one such as Europe/Berlin or UTC");
        }
    }

    Optional<Missed> missed() {
        if (missed == null) {
            return Optional.empty();
        }
        String word = missed.toLowerCase(Locale.ROOT);
        if (word.matches("all:[0-9]{1,9}")) {
            return Optional.of(Missed.all(Integer.parseInt(word.substring("all:".length()))));
        }
        return Optional.of(
                switch (word) {
                    case "skip" -> Missed.skip();
                    case "once" -> Missed.once();
                    default ->
                        throw Refusal.usage(
                                "--missed " + missed + " is not a choice; give skip, once or all:N, such as all:10");
                });
    }
}
