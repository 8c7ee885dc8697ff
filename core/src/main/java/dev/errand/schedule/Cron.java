package dev.errand.schedule;

import dev.errand.ConfigurationException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A cron expression in a time zone: five fields (minute, hour, day of the month, month, day of the week) or six, which begin
 * with the second; or {@code @yearly}, {@code @monthly}, {@code @weekly}, {@code @daily}, {@code @hourly}. Numbers, names
 * ({@code MON}, {@code JAN}), ranges, lists, steps; {@code ?} is a star; {@code L} is the last day of the month, {@code L-3}
 * three days before it, {@code 5L} the last Friday, {@code FRI#2} the second one. Days of the week are 0 to 7, both of which
 * are Sunday. If neither the day of the month nor the day of the week begins with a star, either is enough.
 *
 * <p>Where clocks change: if the hour is given as numbers, a time that the clock leaves out is due at the first instant
 * after the gap, and one that it shows twice is due once, the first time. If the hour is a star or has a step, the rule is
 * due whenever the clock shows the time.
 */
public final class Cron implements Rule {
    private static final Map<String, String> NICKNAMES = Map.of(
            "@yearly", "0 0 1 1 *",
            "@annually", "0 0 1 1 *",
            "@monthly", "0 0 1 * *",
            "@weekly", "0 0 * * 0",
            "@daily", "0 0 * * *",
            "@midnight", "0 0 * * *",
            "@hourly", "0 * * * *");

    private static final Instant EARLIEST = Instant.parse("0001-01-02T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-30T00:00:00Z");

    private final String expression;
    private final ZoneId zone;
    private final Days days;
    private final long hours;
    private final long minutes;
    private final long seconds;
    private final boolean byTheClock;

    private Cron(String expression, ZoneId zone, List<String> fields) {
        this.expression = expression;
        this.zone = zone;
        boolean six = fields.size() == 6;
        List<String> five = six ? fields.subList(1, 6) : fields;
        this.seconds = six ? bits(Field.SECOND, fields.getFirst()) : 1;
        this.minutes = bits(Field.MINUTE, five.get(0));
        this.hours = bits(Field.HOUR, five.get(1));
        this.days = new Days(five.get(2), five.get(3), five.get(4));
        this.byTheClock = five.get(1).contains("*")
                || five.get(1).contains("?")
                || five.get(1).contains("/");
    }

    /**
     * Reads an expression.
     *
     * @throws ConfigurationException saying which field is wrong, or that no day of any year fits
     */
    public static Cron parse(String expression, ZoneId zone) {
        String text = expression.strip().replaceAll("\\s+", " ");
        if (text.length() > 1_000) {
            throw new ConfigurationException(
                    "A cron expression of " + text.length() + " characters is too long; give at most 1000");
        }
        try {
            Cron cron = new Cron(text, zone, fields(text));
            if (cron.days.from(LocalDate.EPOCH) == null) {
                throw new ConfigurationException(
                        "it never fires: no year has such a day; check its day of the month and its month");
            }
            return cron;
        } catch (ConfigurationException e) {
            throw new ConfigurationException("The cron expression '" + text + "' is refused: " + e.getMessage(), e);
        }
    }

    private static List<String> fields(String text) {
        if (text.startsWith("@")) {
            String known = NICKNAMES.get(text.toLowerCase(Locale.ROOT));
            if (known == null) {
                throw new ConfigurationException("the nickname is unknown; use @yearly, @monthly, @weekly, @daily or"
                        + " @hourly; for an interval use every(…)");
            }
            return List.of(known.split(" "));
        }
        List<String> fields = List.of(text.split(" "));
        if (fields.size() != 5 && fields.size() != 6) {
            throw new ConfigurationException("it has " + fields.size()
                    + " fields; give five (minute, hour, day of the month, month, day of the week) or six (the second"
                    + " before them)");
        }
        return fields;
    }

    private static long bits(Field field, String text) {
        long bits = 0;
        for (String item : text.split(",", -1)) {
            bits |= field.bits(item);
        }
        return bits;
    }

    /** As it was given, with single blanks. */
    public String expression() {
        return expression;
    }

    /** The zone whose clock counts. */
    public ZoneId zone() {
        return zone;
    }

    @Override
    public Optional<Instant> next(Instant after) {
        if (after.isBefore(EARLIEST)) {
            return next(EARLIEST);
        }
        if (after.isAfter(LATEST)) {
            return Optional.empty();
        }
        Instant found = byTheClock ? nextShown(after) : nextOnce(after);
        return Optional.ofNullable(found);
    }

    /** The first instant at which the clock shows a time that fits: from change to change of the clock. */
    private @Nullable Instant nextShown(Instant after) {
        ZoneRules rules = zone.getRules();
        Instant start = after;
        LocalDateTime from = local(after, rules.getOffset(after)).plusSeconds(1);
        while (start.isBefore(LATEST)) {
            LocalDateTime time = nextTime(from);
            if (time == null) {
                return null;
            }
            Instant at = time.toInstant(rules.getOffset(start));
            ZoneOffsetTransition change = rules.nextTransition(start);
            if (change == null || at.isBefore(change.getInstant())) {
                return at;
            }
            start = change.getInstant();
            from = change.getDateTimeAfter();
        }
        return null;
    }

    /** The first of the local times that fit, each once: in a gap its end, in an overlap the first time. */
    private @Nullable Instant nextOnce(Instant after) {
        ZoneRules rules = zone.getRules();
        ZoneOffset offset = rules.getOffset(after);
        LocalDateTime shown = local(after, offset);
        LocalDateTime from = shown.plusSeconds(1);
        ZoneOffsetTransition change = rules.getTransition(shown);
        if (change != null && change.isOverlap() && offset.equals(change.getOffsetAfter())) {
            from = change.getDateTimeBefore();
        }
        for (LocalDateTime time = nextTime(from); time != null; time = nextTime(time.plusSeconds(1))) {
            Instant at = instantOf(time, rules);
            if (at.isAfter(after)) {
                return at;
            }
        }
        return null;
    }

    private static Instant instantOf(LocalDateTime time, ZoneRules rules) {
        ZoneOffsetTransition change = rules.getTransition(time);
        return change != null && change.isGap()
                ? change.getInstant()
                : time.toInstant(change == null ? rules.getOffset(time) : change.getOffsetBefore());
    }

    private static LocalDateTime local(Instant at, ZoneOffset offset) {
        return LocalDateTime.ofInstant(at.truncatedTo(ChronoUnit.SECONDS), offset);
    }

    /** The first local time from {@code from} on that fits, whether or not the clock ever shows it. */
    private @Nullable LocalDateTime nextTime(LocalDateTime from) {
        if (days.includes(from.toLocalDate())) {
            LocalTime time = nextTimeOfDay(from.toLocalTime());
            if (time != null) {
                return from.toLocalDate().atTime(time);
            }
        }
        LocalDate day = days.from(from.toLocalDate().plusDays(1));
        return day == null ? null : day.atTime(first(hours), first(minutes), first(seconds));
    }

    private @Nullable LocalTime nextTimeOfDay(LocalTime from) {
        int hour = from.getHour();
        int minute = from.getMinute();
        if (has(hours, hour)) {
            int second = has(minutes, minute) ? next(seconds, from.getSecond()) : -1;
            if (second >= 0) {
                return LocalTime.of(hour, minute, second);
            }
            int later = next(minutes, minute + 1);
            if (later >= 0) {
                return LocalTime.of(hour, later, first(seconds));
            }
        }
        int later = next(hours, hour + 1);
        return later < 0 ? null : LocalTime.of(later, first(minutes), first(seconds));
    }

    private static boolean has(long bits, int value) {
        return (bits >> value & 1) != 0;
    }

    private static int first(long bits) {
        return Long.numberOfTrailingZeros(bits);
    }

    private static int next(long bits, int from) {
        long left = bits & (-1L << from);
        return left == 0 ? -1 : Long.numberOfTrailingZeros(left);
    }

    @Override
    public String describe() {
        return expression + " (" + zone + ")";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cron cron && expression.equals(cron.expression) && zone.equals(cron.zone);
    }

    @Override
    public int hashCode() {
        return 31 * expression.hashCode() + zone.hashCode();
    }

    @Override
    public String toString() {
        return describe();
    }
}
