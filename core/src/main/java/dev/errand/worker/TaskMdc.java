package dev.errand.worker;

import dev.errand.Mdc;
import java.util.Map;
import org.slf4j.MDC;

/** Puts a task's fields on the log lines of a thread. */
final class TaskMdc {
    private TaskMdc() {}

    /** For a thread that is the task's own, from its first line to its last. Four puts are half the cost of one map. */
    static void begin(Attempt attempt) {
        MDC.put(Mdc.TASK_ID, attempt.envelope().id().value());
        MDC.put(Mdc.TASK_TYPE, attempt.envelope().type());
        MDC.put(Mdc.TASK_QUEUE, attempt.lease().queue());
        MDC.put(Mdc.TASK_ATTEMPT, Integer.toString(attempt.number()));
    }

    /** For one line that another thread says about the task; its own fields come back afterwards. */
    static void during(Attempt attempt, Runnable line) {
        Map<String, String> before = MDC.getCopyOfContextMap();
        begin(attempt);
        try {
            line.run();
        } finally {
            if (before == null) {
                MDC.clear();
            } else {
                MDC.setContextMap(before);
            }
        }
    }
}
