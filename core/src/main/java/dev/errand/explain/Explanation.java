package dev.errand.explain;

import dev.errand.TaskId;
import dev.errand.TaskInfo;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Why a task is where it is.
 *
 * @param id the task's
 * @param at when this was found out
 * @param task the task then; empty if the broker does not know it
 * @param headline the answer in one sentence
 * @param findings what it rests on, in the order in which they matter
 */
public record Explanation(TaskId id, Instant at, Optional<TaskInfo> task, String headline, List<Finding> findings) {
    /** Copies the list. */
    public Explanation {
        findings = List.copyOf(findings);
    }
}
