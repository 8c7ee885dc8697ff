package dev.errand.memory;

import dev.errand.broker.AttemptToken;
import dev.errand.broker.Payload;
import dev.errand.broker.TaskRecords;
import dev.errand.broker.TaskRecords.Line;
import dev.errand.broker.TaskRecords.Progress;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one task's attempts have kept with it. */
final class Records {
    private final Map<String, Payload> steps = new LinkedHashMap<>();
    private final ArrayDeque<Line> lines = new ArrayDeque<>();
    private @Nullable AttemptToken lastRun;
    private int lastNumber;

    @Nullable
    Progress progress;

    /** Keeps a step's first result; false if there are too many steps. */
    boolean finish(String step, Payload result) {
        if (steps.size() >= TaskRecords.MAX_STEPS && !steps.containsKey(step)) {
            return false;
        }
        steps.putIfAbsent(step, result);
        return true;
    }

    /** Lines of a run come in the order of their numbers; what was there before is a repetition. */
    void add(AttemptToken run, int number, Line line) {
        if (run.equals(lastRun) && number <= lastNumber) {
            return;
        }
        lastRun = run;
        lastNumber = number;
        lines.addLast(line);
        if (lines.size() > TaskRecords.MAX_LINES) {
            lines.removeFirst();
        }
    }

    Map<String, Payload> steps() {
        return Map.copyOf(steps);
    }

    List<Line> lines() {
        return List.copyOf(lines);
    }
}
