package dev.errand.bench.soak;

import dev.errand.bench.report.JsonLine;
import dev.errand.bench.report.Numbers;
import dev.errand.bench.soak.Incident.What;
import java.util.List;
import java.util.OptionalDouble;

/** A soak's end in words and as JSON. */
final class Summary {
    private static final int MOST_FAILURES = 50;

    private Summary() {}

    /** Whether everything is as it must be. */
    static boolean passed(SoakRun.Result result) {
        return result.verdict().failures().isEmpty() && result.verdict().waiting() == 0;
    }

    static String text(SoakRun.Result result) {
        Verdict v = result.verdict();
        StringBuilder text = new StringBuilder();
        text.append("%.0f s on %s with seed %d, drained in %.1f s%n"
                .formatted(result.seconds(), result.broker(), result.plan().seed(), result.drainSeconds()));
        text.append("  acknowledged %s: completed %s, dead %s (%s of them crashed too often), waiting %s%n"
                .formatted(
                        Numbers.count(v.acknowledged()),
                        Numbers.count(v.completed()),
                        Numbers.count(v.dead()),
                        Numbers.count(v.crashed()),
                        Numbers.count(v.waiting())));
        text.append("  not acknowledged %s, %s of which ran%n"
                .formatted(Numbers.count(result.refused()), Numbers.count(v.unacknowledged())));
        text.append("  workers killed %d, stopped %d, restarted %d%n"
                .formatted(count(result, What.KILLED), count(result, What.STOPPED), count(result, What.RESTARTED)));
        text.append(
                "  ran again %s: worker killed %s, stopped past a lease %s, stalled %s, broker killed %s, no reason %s%n"
                        .formatted(
                                Numbers.count(v.doubleRuns()),
                                again(v, Reason.KILLED),
                                again(v, Reason.STOPPED),
                                again(v, Reason.STALLED),
                                again(v, Reason.BROKER_KILLED),
                                again(v, Reason.NONE)));
        text.append("  as asked for: retries %s, given back by a stopping worker %s%n"
                .formatted(again(v, Reason.RETRY), again(v, Reason.GIVEN_BACK)));
        return text + (passed(result) ? "every acknowledged task is accounted for\n" : failures(v));
    }

    private static String failures(Verdict v) {
        StringBuilder text = new StringBuilder();
        if (v.waiting() > 0) {
            text.append(Numbers.count(v.waiting())).append(" tasks still wait: the broker was not drained in time\n");
        }
        List<String> failures = v.failures();
        failures.stream()
                .limit(MOST_FAILURES)
                .forEach(failure -> text.append("FAILED: ").append(failure).append('\n'));
        if (failures.size() > MOST_FAILURES) {
            text.append("and ").append(failures.size() - MOST_FAILURES).append(" more\n");
        }
        return text.toString();
    }

    static String json(SoakRun.Result result) {
        Verdict v = result.verdict();
        return new JsonLine()
                .put("system", "errand")
                .put("broker", result.broker())
                .put("workload", "soak")
                .put("seed", result.plan().seed())
                .put("seconds", OptionalDouble.of(result.seconds()), 1)
                .put("drain_seconds", OptionalDouble.of(result.drainSeconds()), 1)
                .put("acknowledged", v.acknowledged())
                .put("completed", v.completed())
                .put("dead", v.dead())
                .put("dead_crashed", v.crashed())
                .put("waiting", v.waiting())
                .put("unacknowledged", result.refused())
                .put("killed", count(result, What.KILLED))
                .put("stopped", count(result, What.STOPPED))
                .put("restarted", count(result, What.RESTARTED))
                .put("broker_killed", count(result, What.BROKER_KILLED))
                .put("duplicates", v.doubleRuns())
                .put("duplicates_killed", v.again(Reason.KILLED))
                .put("duplicates_stopped", v.again(Reason.STOPPED))
                .put("duplicates_stalled", v.again(Reason.STALLED))
                .put("duplicates_unexplained", v.again(Reason.NONE))
                .put("failures", v.failures().size())
                .end();
    }

    private static long count(SoakRun.Result result, What what) {
        return Progress.count(result.incidents(), what);
    }

    private static String again(Verdict verdict, Reason reason) {
        return Numbers.count(verdict.again(reason));
    }
}
