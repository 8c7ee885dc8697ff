package dev.errand.cli.log;

import dev.errand.cli.text.Safe;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/**
 * Writes to standard error from WARN, or from the level in {@code ERRAND_LOG} ({@code OFF} to {@code TRACE}). What
 * {@code dev.errand.audit} says goes to {@link AuditFile} instead.
 */
final class CliLogger extends LegacyAbstractLogger {
    static final String AUDIT = "dev.errand.audit";
    private static final long serialVersionUID = 1L;
    private static final List<String> LEVELS = List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF");

    private final boolean audit;
    private final int least;

    CliLogger(String name) {
        this.name = name;
        this.audit = name.equals(AUDIT);
        this.least = audit ? LEVELS.indexOf("INFO") : least(System.getenv("ERRAND_LOG"));
    }

    private static int least(@Nullable String wanted) {
        int level = wanted == null ? -1 : LEVELS.indexOf(wanted.toUpperCase(java.util.Locale.ROOT));
        return level < 0 ? LEVELS.indexOf("WARN") : level;
    }

    private boolean shows(Level level) {
        return LEVELS.indexOf(level.name()) >= least;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level,
            @Nullable Marker marker,
            @Nullable String pattern,
            Object @Nullable [] arguments,
            @Nullable Throwable failure) {
        String message = Safe.line(String.valueOf(
                arguments == null
                        ? pattern
                        : MessageFormatter.basicArrayFormat(pattern == null ? "" : pattern, arguments)));
        if (audit) {
            AuditFile.append(message);
            return;
        }
        StringBuilder text = new StringBuilder("errand: ")
                .append(level)
                .append(' ')
                .append(name.substring(name.lastIndexOf('.') + 1))
                .append(": ")
                .append(message)
                .append('\n');
        if (failure != null) {
            StringWriter stack = new StringWriter();
            failure.printStackTrace(new PrintWriter(stack));
            text.append(Safe.block(stack.toString()));
        }
        System.err.print(text);
    }

    @Override
    protected @Nullable String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    public boolean isTraceEnabled() {
        return shows(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return shows(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return shows(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return shows(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return shows(Level.ERROR);
    }
}
