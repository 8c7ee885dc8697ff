package dev.errand.local;

import dev.errand.local.ContextCarrier.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Takes along what the submitter has; most often that is nothing, which costs a job nothing. */
final class Carriers {
    private final ContextCarrier[] carriers;
    private final Reports reports;

    Carriers(List<ContextCarrier> added, Reports reports) {
        this.reports = reports;
        carriers = added.toArray(ContextCarrier[]::new);
    }

    @Nullable
    Carried capture() {
        Map<String, String> mdc = MDC.getCopyOfContextMap();
        List<Snapshot> snapshots = List.of();
        for (ContextCarrier carrier : carriers) {
            Snapshot one = captured(carrier);
            if (one != null) {
                snapshots = with(snapshots, one);
            }
        }
        if (mdc == null || mdc.isEmpty()) {
            return snapshots.isEmpty() ? null : new Carried(Map.of(), snapshots);
        }
        return new Carried(mdc, snapshots);
    }

    /** A job goes without what cannot be had. */
    private @Nullable Snapshot captured(ContextCarrier carrier) {
        try {
            return carrier.capture();
        } catch (Throwable t) {
            reports.defect("A context carrier of local tasks", t);
            return null;
        }
    }

    private static List<Snapshot> with(List<Snapshot> some, Snapshot one) {
        List<Snapshot> all = new ArrayList<>(some);
        all.add(one);
        return all;
    }
}
