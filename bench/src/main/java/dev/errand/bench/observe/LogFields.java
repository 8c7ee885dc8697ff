package dev.errand.bench.observe;

import java.lang.reflect.Field;
import java.util.Arrays;
import org.slf4j.MDC;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;

/**
 * Turns the fields on log lines off and on again, for which SLF4J itself has no way. Not for several threads at a time, and only
 * while no task runs.
 */
final class LogFields implements AutoCloseable {
    private final MDCAdapter real = MDC.getMDCAdapter();
    private final Field field = Arrays.stream(MDC.class.getDeclaredFields())
            .filter(f -> f.getType() == MDCAdapter.class)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("This version of SLF4J keeps its MDC elsewhere"));

    LogFields() {
        if (real instanceof NOPMDCAdapter) {
            throw new IllegalStateException("The logging on the class path has no MDC: its cost cannot be measured");
        }
        field.setAccessible(true);
    }

    void use(boolean on) {
        try {
            field.set(null, on ? real : new NOPMDCAdapter());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        use(true);
    }
}
