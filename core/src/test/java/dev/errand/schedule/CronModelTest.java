package dev.errand.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random expressions in random zones, around changes of the clock, against a model that looks at every single minute. The
 * model knows numbers, ranges, lists and steps; the seed of a failure is the test's argument.
 */
class CronModelTest {
    private static final int EXPRESSIONS = 60;
    private static final Duration BEFORE = Duration.ofDays(3);
    private static final Duration AFTER = Duration.ofDays(4);
    private static final List<String> ZONES = ZoneId.getAvailableZoneIds().stream()
            .filter(zone -> zone.contains("/"))
            .sorted(Comparator.naturalOrder())
            .toList();

    /** A field as text, and what it means. */
    private record Part(String text, IntPredicate holds) {}

    private record Expression(Part minute, Part hour, Part day, Part month, Part weekday) {
        String text() {
            return String.join(" ", minute.text, hour.text, day.text, month.text, weekday.text);
        }

        boolean holds(LocalDateTime at) {
            boolean byMonth = day.holds.test(at.getDayOfMonth());
            boolean byWeek = weekday.holds.test(at.getDayOfWeek().getValue() % 7);
            boolean both = day.text.startsWith("*") || weekday.text.startsWith("*");
            return minute.holds.test(at.getMinute())
                    && hour.holds.test(at.getHour())
                    && month.holds.test(at.getMonthValue())
                    && (both ? byMonth && byWeek : byMonth || byWeek);
        }

        boolean byTheClock() {
            return hour.text.contains("*") || hour.text.contains("/");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theRuleAgreesWithTheModel(long seed) {
        Random random = new Random(seed);
        int compared = 0;
        for (int i = 0; i < EXPRESSIONS; i++) {
            ZoneId zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
            Instant around = change(zone.getRules(), random);
            Expression expression = random(random);
            List<Instant> expected = model(expression, zone, around.minus(BEFORE), around.plus(AFTER));
            assertThat(rule(expression, zone, around.minus(BEFORE), around.plus(AFTER)))
                    .as("%s in %s around %s", expression.text(), zone, around)
                    .isEqualTo(expected);
            for (int asked = 0; asked < 20; asked++) {
                Instant after = around.plus(Duration.ofSeconds(random.nextInt(-200_000, 200_000)));
                Instant first = expected.stream()
                        .filter(at -> at.isAfter(after))
                        .findFirst()
                        .orElse(Instant.MAX);
                Instant found = Cron.parse(expression.text(), zone).next(after).orElse(Instant.MAX);
                assertThat(found.isBefore(around.plus(AFTER)) ? found : Instant.MAX)
                        .as("%s in %s after %s", expression.text(), zone, after)
                        .isEqualTo(first);
            }
            compared += expected.size();
        }
        assertThat(compared).isGreaterThan(EXPRESSIONS);
    }

    private static List<Instant> rule(Expression expression, ZoneId zone, Instant from, Instant to) {
        Rule rule = Cron.parse(expression.text(), zone);
        List<Instant> times = new ArrayList<>();
        Instant at = from.minusMillis(1);
        while (true) {
            Instant next = rule.next(at).orElse(Instant.MAX);
            if (!next.isBefore(to)) {
                return times;
            }
            times.add(next);
            at = next;
        }
    }

    private static List<Instant> model(Expression expression, ZoneId zone, Instant from, Instant to) {
        return expression.byTheClock() ? shown(expression, zone, from, to) : once(expression, zone, from, to);
    }

    /** Every real minute whose clock reading fits. */
    private static List<Instant> shown(Expression expression, ZoneId zone, Instant from, Instant to) {
        List<Instant> times = new ArrayList<>();
        for (Instant at = from; at.isBefore(to); at = at.plusSeconds(60)) {
            if (expression.holds(LocalDateTime.ofInstant(at, zone))) {
                times.add(at);
            }
        }
        return times;
    }

    /** Every minute of the calendar that fits, whether the clock shows it or not, at the one instant that stands for it. */
    private static List<Instant> once(Expression expression, ZoneId zone, Instant from, Instant to) {
        TreeSet<Instant> times = new TreeSet<>();
        LocalDateTime end = LocalDateTime.ofInstant(to, ZoneOffset.UTC).plusDays(2);
        for (LocalDateTime time = LocalDateTime.ofInstant(from, ZoneOffset.UTC).minusDays(2);
                time.isBefore(end);
                time = time.plusMinutes(1)) {
            if (expression.holds(time)) {
                ZoneOffsetTransition change = zone.getRules().getTransition(time);
                Instant at = change != null && change.isGap()
                        ? change.getInstant()
                        : time.atZone(zone).withEarlierOffsetAtOverlap().toInstant();
                if (!at.isBefore(from) && at.isBefore(to)) {
                    times.add(at);
                }
            }
        }
        return List.copyOf(times);
    }

    /** A change of the clock since 1990 (before, some were by odd seconds), or any time if there was none. */
    private static Instant change(ZoneRules rules, Random random) {
        Instant at = Instant.parse("1990-01-01T00:00:00Z").plus(Duration.ofHours(random.nextInt(24 * 365 * 50)));
        ZoneOffsetTransition next = rules.nextTransition(at);
        return next == null ? at : next.getInstant();
    }

    private static Expression random(Random random) {
        return new Expression(
                part(random, 0, 59, 25),
                part(random, 0, 23, 30),
                part(random, 1, 31, 70),
                part(random, 1, 12, 90),
                part(random, 0, 6, 70));
    }

    private static Part part(Random random, int min, int max, int percentOfStars) {
        if (random.nextInt(100) < percentOfStars) {
            return new Part("*", value -> true);
        }
        int from = random.nextInt(min, max + 1);
        int to = random.nextInt(from, max + 1);
        int step = random.nextInt(1, Math.max(2, (max - min) / 2));
        return switch (random.nextInt(5)) {
            case 0 -> new Part("*/" + step, value -> (value - min) % step == 0);
            case 1 -> new Part(from + "-" + to, value -> value >= from && value <= to);
            case 2 ->
                new Part(
                        from + "-" + to + "/" + step,
                        value -> value >= from && value <= to && (value - from) % step == 0);
            case 3 -> list(random, min, max);
            default -> new Part(Integer.toString(from), value -> value == from);
        };
    }

    private static Part list(Random random, int min, int max) {
        List<Integer> values = IntStream.range(0, 4)
                .mapToObj(i -> random.nextInt(min, max + 1))
                .toList();
        return new Part(String.join(",", values.stream().map(String::valueOf).toList()), values::contains);
    }
}
