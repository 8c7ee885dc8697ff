package dev.errand.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.TaskId;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.ScheduleStore.Result;
import dev.errand.broker.ScheduleStore.Stored;
import dev.errand.schedule.Definition;
import dev.errand.schedule.Every;
import dev.errand.schedule.Missed;
import dev.errand.schedule.Overlap;
import dev.errand.schedule.Template;
import dev.errand.upkeep.Firing.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The decisions about one schedule, each from what is stored and the time alone. Hourly, last handled at midnight. */
class FiringTest {
    private static final Instant MIDNIGHT = Instant.parse("2026-06-15T00:00:00Z");
    private static final Definition HOURLY = new Definition(
            Every.of(Duration.ofHours(1)),
            Overlap.SKIP,
            Missed.once(),
            Duration.ZERO,
            new Template(
                    "report",
                    "default",
                    0,
                    new Policy(25, Duration.ofMinutes(30), Duration.ZERO, Set.of()),
                    null,
                    null,
                    Map.of("mine", "yes")),
            Map.of());

    private final Set<TaskId> open = new HashSet<>();

    private static Stored stored(List<Instant> waiting, String lastTask) {
        return new Stored(
                "hourly",
                "",
                Payload.EMPTY,
                MIDNIGHT,
                hour(1),
                waiting,
                false,
                lastTask.isEmpty() ? null : TaskId.of(lastTask),
                null,
                null,
                1);
    }

    private static Instant hour(int hour) {
        return MIDNIGHT.plus(Duration.ofHours(hour));
    }

    private Decision decide(Stored stored, Definition definition, Instant now) {
        return Firing.decide(stored, definition, now, open::contains);
    }

    private Decision decide(Definition definition, Instant now) {
        return decide(stored(List.of(), ""), definition, now);
    }

    private static List<Instant> enqueued(Decision decision) {
        assertThat(decision.tasks())
                .extracting(task -> Instant.parse(task.headers().get("errand.schedule.due")))
                .isEqualTo(with(decision, Result.ENQUEUED));
        return with(decision, Result.ENQUEUED);
    }

    private static List<Instant> with(Decision decision, Result result) {
        return decision.runs().stream()
                .filter(run -> run.result() == result)
                .map(run -> run.due())
                .toList();
    }

    @Test
    void aDueTimeIsEnqueuedWithItsHeaders() {
        Decision decision = decide(HOURLY, hour(1));
        assertThat(enqueued(decision)).containsExactly(hour(1));
        assertThat(decision.next().due()).isEqualTo(hour(2));
        assertThat(decision.next().handled()).isEqualTo(hour(1));
        assertThat(decision.next().lastTask())
                .isEqualTo(decision.tasks().getFirst().id());
        assertThat(decision.tasks().getFirst().headers())
                .containsEntry("errand.schedule", "hourly")
                .containsEntry("errand.schedule.due", "2026-06-15T01:00:00Z")
                .containsEntry("mine", "yes");
    }

    @Test
    void theTaskOfADueTimeHasTheSameIdWhoeverFiresIt() {
        assertThat(decide(HOURLY, hour(1)).tasks().getFirst().id())
                .isEqualTo(decide(HOURLY, hour(1).plusSeconds(30))
                        .tasks()
                        .getFirst()
                        .id())
                .isNotEqualTo(decide(HOURLY, hour(2)).tasks().getFirst().id());
    }

    @Test
    void nothingIsEarly() {
        Decision decision = decide(HOURLY, hour(1).minusMillis(1));
        assertThat(decision.isNothing(stored(List.of(), ""))).isTrue();
    }

    @Test
    void aMinuteLateIsNotMissed() {
        assertThat(enqueued(decide(HOURLY.withMissed(Missed.skip()), hour(1).plusSeconds(60))))
                .containsExactly(hour(1));
        Decision missed =
                decide(HOURLY.withMissed(Missed.skip()), hour(1).plusSeconds(60).plusMillis(1));
        assertThat(enqueued(missed)).isEmpty();
        assertThat(with(missed, Result.SKIPPED_MISSED)).containsExactly(hour(1));
        assertThat(missed.next().due()).isEqualTo(hour(2));
    }

    @Test
    void ofMissedDueTimesTheLatestIsMadeUpForOnce() {
        Decision decision = decide(HOURLY, hour(5).plusSeconds(600));
        assertThat(enqueued(decision)).containsExactly(hour(5));
        assertThat(with(decision, Result.SKIPPED_MISSED)).containsExactly(hour(1), hour(2), hour(3), hour(4));
        assertThat(decision.next().due()).isEqualTo(hour(6));
    }

    @Test
    void theDueTimeOfNowStandsForTheMissedOnes() {
        Decision decision = decide(HOURLY, hour(5));
        assertThat(enqueued(decision)).containsExactly(hour(5));
        assertThat(with(decision, Result.SKIPPED_MISSED)).containsExactly(hour(1), hour(2), hour(3), hour(4));
    }

    @Test
    void allUpToALimitAreMadeUpForAtOnceWhereOverlapIsAllowed() {
        Decision decision =
                decide(HOURLY.withMissed(Missed.all(3)).withOverlap(Overlap.ALLOW), hour(5).plusSeconds(600));
        assertThat(enqueued(decision)).containsExactly(hour(3), hour(4), hour(5));
        assertThat(with(decision, Result.SKIPPED_MISSED)).containsExactly(hour(1), hour(2));
    }

    @Test
    void allUpToALimitAreMadeUpForOneAfterTheOtherWhereNot() {
        Definition definition = HOURLY.withMissed(Missed.all(3));
        Instant now = hour(5).plusSeconds(600);
        Decision first = decide(definition, now);
        assertThat(enqueued(first)).containsExactly(hour(3));
        assertThat(first.next().waiting()).containsExactly(hour(4), hour(5));
        open.add(first.tasks().getFirst().id());
        assertThat(decide(first.next(), definition, now).isNothing(first.next()))
                .isTrue();
        open.clear();
        Decision second = decide(first.next(), definition, now);
        assertThat(enqueued(second)).containsExactly(hour(4));
        assertThat(second.next().waiting()).containsExactly(hour(5));
        assertThat(second.next().due()).isEqualTo(hour(6));
    }

    @Test
    void aDueTimeIsLeftOutWhileTheLastTaskHasNotEnded() {
        open.add(TaskId.of("last"));
        Decision decision = decide(stored(List.of(), "last"), HOURLY, hour(1));
        assertThat(decision.tasks()).isEmpty();
        assertThat(with(decision, Result.SKIPPED_OVERLAP)).containsExactly(hour(1));
        assertThat(decision.next().lastTask()).isEqualTo(TaskId.of("last"));
        assertThat(decision.next().due()).isEqualTo(hour(2));
        open.clear();
        assertThat(enqueued(decide(stored(List.of(), "last"), HOURLY, hour(1)))).containsExactly(hour(1));
    }

    @Test
    void oneDueTimeWaitsAndFurtherOnesAreLeftOut() {
        Definition queue = HOURLY.withOverlap(Overlap.QUEUE);
        open.add(TaskId.of("last"));
        Decision first = decide(stored(List.of(), "last"), queue, hour(1));
        assertThat(first.runs()).isEmpty();
        assertThat(first.next().waiting()).containsExactly(hour(1));
        Decision second = decide(first.next(), queue, hour(2));
        assertThat(with(second, Result.SKIPPED_OVERLAP)).containsExactly(hour(2));
        assertThat(second.next().waiting()).containsExactly(hour(1));
        open.clear();
        Decision third = decide(second.next(), queue, hour(2).plusSeconds(1));
        assertThat(enqueued(third)).containsExactly(hour(1));
        assertThat(third.next().waiting()).isEmpty();
    }

    @Test
    void overlapIsAllowedWhereItIs() {
        open.add(TaskId.of("last"));
        Definition allow = HOURLY.withOverlap(Overlap.ALLOW);
        assertThat(enqueued(decide(stored(List.of(), "last"), allow, hour(1)))).containsExactly(hour(1));
        assertThat(enqueued(decide(stored(List.of(hour(0)), "last"), allow, hour(1))))
                .as("what waits does so no longer")
                .containsExactly(hour(0), hour(1));
    }

    @Test
    void ofSeveralAfterAStallTheFirstIsEnqueued() {
        Definition often = HOURLY.withRule(Every.of(Duration.ofSeconds(10)));
        Decision decision = decide(often, MIDNIGHT.plusSeconds(35));
        assertThat(enqueued(decision)).containsExactly(MIDNIGHT.plusSeconds(10));
        assertThat(with(decision, Result.SKIPPED_OVERLAP))
                .containsExactly(MIDNIGHT.plusSeconds(20), MIDNIGHT.plusSeconds(30));
        assertThat(enqueued(decide(often.withOverlap(Overlap.ALLOW), MIDNIGHT.plusSeconds(35))))
                .containsExactly(MIDNIGHT.plusSeconds(10), MIDNIGHT.plusSeconds(20), MIDNIGHT.plusSeconds(30));
    }

    @Test
    void aYearOfMissedSecondsIsDealtWithInOneStep() {
        Definition often = HOURLY.withRule(Every.of(Duration.ofSeconds(1)));
        Instant now = MIDNIGHT.plus(Duration.ofDays(365)).plusMillis(500);
        Decision skip = decide(often.withMissed(Missed.skip()).withOverlap(Overlap.ALLOW), now);
        assertThat(with(skip, Result.SKIPPED_MISSED)).hasSize(10);
        assertThat(enqueued(skip)).as("the last minute is not missed").hasSize(60);
        assertThat(skip.next().due()).isEqualTo(now.plusMillis(500));
        Decision all = decide(often.withMissed(Missed.all(100)).withOverlap(Overlap.ALLOW), now);
        assertThat(enqueued(all)).hasSize(160).doesNotHaveDuplicates();
    }

    @Test
    void jitterDelaysByAStableTimeBelowIt() {
        Definition jittered = HOURLY.withJitter(Duration.ofMinutes(30));
        Stored start = decide(jittered, MIDNIGHT).next();
        Instant fires = start.due();
        assertThat(fires)
                .isBetween(hour(1), hour(1).plus(Duration.ofMinutes(30)).minusMillis(1));
        assertThat(decide(jittered, MIDNIGHT).next().due()).isEqualTo(fires);
        assertThat(decide(start, jittered, fires.minusMillis(1)).isNothing(start))
                .isTrue();
        assertThat(enqueued(decide(start, jittered, fires))).containsExactly(hour(1));
        Set<Duration> delays = new HashSet<>();
        for (int hour = 1; hour <= 50; hour++) {
            Stored next = decide(stored(List.of(), ""), jittered, hour(hour).minusSeconds(1_000))
                    .next();
            Instant due = next.due();
            assertThat(due).isNotNull();
            delays.add(Duration.between(hour(hour), due));
        }
        assertThat(delays).hasSizeGreaterThan(25);
    }

    @Test
    void jitterLongerThanTheIntervalLosesNothing() {
        Definition jittered = HOURLY.withRule(Every.of(Duration.ofSeconds(10)))
                .withJitter(Duration.ofMinutes(5))
                .withOverlap(Overlap.ALLOW)
                .withMissed(Missed.skip());
        Stored stored = decide(jittered, MIDNIGHT).next();
        Set<Instant> fired = new HashSet<>();
        for (int second = 1; second <= 3_600; second++) {
            Instant now = MIDNIGHT.plusSeconds(second);
            Decision decision = decide(stored, jittered, now);
            for (Instant due : enqueued(decision)) {
                assertThat(fired.add(due)).isTrue();
                assertThat(Duration.between(due, now)).isBetween(Duration.ZERO, Duration.ofMinutes(5));
            }
            assertThat(with(decision, Result.SKIPPED_MISSED)).isEmpty();
            stored = decision.next();
        }
        assertThat(fired).hasSizeGreaterThanOrEqualTo(330);
    }

    @Test
    void aRestartLosesNothingThatItsJitterLetsWait() {
        Definition jittered = HOURLY.withRule(Every.of(Duration.ofSeconds(10)))
                .withJitter(Duration.ofMinutes(5))
                .withOverlap(Overlap.ALLOW)
                .withMissed(Missed.skip());
        Stored stored = decide(jittered, MIDNIGHT).next();
        Set<Instant> seen = new HashSet<>();
        for (int second = 90; second <= 7_200; second += 90) {
            Instant now = MIDNIGHT.plusSeconds(second);
            Decision decision = decide(stored, jittered, now);
            Instant missed = now.minusSeconds(360);
            assertThat(enqueued(decision)).allSatisfy(due -> assertThat(due).isBetween(missed, now));
            assertThat(with(decision, Result.SKIPPED_MISSED))
                    .allSatisfy(due -> assertThat(due).isBefore(missed));
            seen.addAll(enqueued(decision));
            stored = decision.next();
        }
        assertThat(seen).hasSizeGreaterThan(500);
    }

    @Test
    void aClockThatIsSetBackFiresNothingTwice() {
        Stored after = decide(HOURLY, hour(3)).next();
        for (int minute = 0; minute < 60; minute++) {
            Decision again = decide(after, HOURLY, hour(3).plusSeconds(60L * minute));
            assertThat(again.tasks()).isEmpty();
            assertThat(decide(after, HOURLY, hour(2).plusSeconds(60L * minute)).tasks())
                    .isEmpty();
        }
    }
}
