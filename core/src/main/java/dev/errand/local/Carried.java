package dev.errand.local;

import dev.errand.local.ContextCarrier.Scope;
import dev.errand.local.ContextCarrier.Snapshot;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What goes along from the submitter: its MDC, and the snapshots of the carriers.
 *
 * @param mdc empty if there is none
 */
record Carried(Map<String, String> mdc, List<Snapshot> snapshots) {
    /** All of them, or none. */
    @Nullable
    Scope restore() {
        if (snapshots.isEmpty()) {
            return null;
        }
        Deque<Scope> open = new ArrayDeque<>(snapshots.size());
        try {
            snapshots.forEach(snapshot -> open.push(snapshot.restore()));
        } catch (Throwable t) {
            close(open);
            throw t;
        }
        return () -> close(open);
    }

    private static void close(Deque<Scope> open) {
        RuntimeException first = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
