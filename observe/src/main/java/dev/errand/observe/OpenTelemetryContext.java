package dev.errand.observe;

import dev.errand.local.ContextCarrier;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * Carries OpenTelemetry's current context (the span, the baggage) from the thread that submits a local task to the one that runs
 * it: <pre>{@code
 * LocalTasks.named("audit").carrying(new OpenTelemetryContext()).build()
 * }</pre>
 *
 * Needs {@code io.opentelemetry:opentelemetry-context} on the class path, which this module does not bring. Thread-safe.
 */
public final class OpenTelemetryContext implements ContextCarrier {
    /** Carries whatever is current when a job is submitted. */
    public OpenTelemetryContext() {}

    @Override
    public @Nullable Snapshot capture() {
        Context captured = Context.current();
        return captured.equals(Context.root()) ? null : () -> restore(captured);
    }

    @SuppressWarnings("MustBeClosedChecker") // closed by whoever restores
    private static Scope restore(Context captured) {
        return captured.makeCurrent()::close;
    }
}
