package dev.errand.bench.soak;

import dev.errand.TaskState;
import dev.errand.bench.report.Numbers;
import dev.errand.bench.soak.Incident.What;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A line every few seconds about how it goes. */
final class Progress {
    private final PrintStream out;
    private final Duration load;

    Progress(PrintStream out, Duration load) {
        this.out = out;
        this.load = load;
    }

    void say(String line) {
        out.println("soak: " + line);
        out.flush();
    }

    void show(Duration since, Ledger ledger, Map<TaskState, Long> counts, List<Incident> incidents) {
        long dead = counts.getOrDefault(TaskState.DEAD, 0L);
        long waiting = waiting(counts);
        say("%s of %s  stored %s  ended %s  waiting %s  dead %s  | killed %d  stopped %d  restarted %d"
                .formatted(
                        clock(since),
                        clock(load),
                        Numbers.count(ledger.acknowledged()),
                        Numbers.count(Math.max(0, ledger.acknowledged() - waiting)),
                        Numbers.count(waiting),
                        Numbers.count(dead),
                        count(incidents, What.KILLED),
                        count(incidents, What.STOPPED),
                        count(incidents, What.RESTARTED)));
    }

    static long waiting(Map<TaskState, Long> counts) {
        return counts.entrySet().stream()
                .filter(e -> !e.getKey().ended())
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    static long count(List<Incident> incidents, What what) {
        return incidents.stream().filter(i -> i.what() == what).count();
    }

    private static String clock(Duration time) {
        return "%d:%02d".formatted(time.toMinutes(), time.toSecondsPart());
    }
}
