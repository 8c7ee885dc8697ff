package dev.errand.local;

import dev.errand.local.ContextCarrier.Scope;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** The job that the calling thread runs, and what surrounds it: the submitter's context and the fields of every log line. */
final class Current {
    private static final ThreadLocal<@Nullable Job<?>> JOB = new ThreadLocal<>();

    private Current() {}

    static @Nullable Job<?> job() {
        return JOB.get();
    }

    /** On a thread of the job's own, which ends with it and so needs nothing back; closes what the carriers opened. */
    static @Nullable Scope enter(Job<?> job) {
        take(job);
        Carried carried = job.context;
        return carried == null ? null : carried.restore();
    }

    /** Only the job and its fields, for what is said of it. */
    static void take(Job<?> job) {
        JOB.set(job);
        MDC.setContextMap(fields(job, job.context));
    }

    /** On another's thread, which gets back what it had. */
    static Scope enterBeside(Job<?> job) {
        Job<?> outer = JOB.get();
        Map<String, String> mdc = MDC.getCopyOfContextMap();
        Scope carried;
        try {
            carried = enter(job);
        } catch (Throwable t) {
            leave(outer, mdc);
            throw t;
        }
        return () -> {
            try {
                if (carried != null) {
                    carried.close();
                }
            } finally {
                leave(outer, mdc);
            }
        };
    }

    private static void leave(@Nullable Job<?> outer, @Nullable Map<String, String> mdc) {
        if (outer == null) {
            JOB.remove();
        } else {
            JOB.set(outer);
        }
        if (mdc == null) {
            MDC.clear();
        } else {
            MDC.setContextMap(mdc);
        }
    }

    private static Map<String, String> fields(Job<?> job, @Nullable Carried carried) {
        Map<String, String> own = new MdcFields(job);
        if (carried == null || carried.mdc().isEmpty()) {
            return own;
        }
        Map<String, String> all = new HashMap<>(carried.mdc());
        all.putAll(own);
        return all;
    }
}
