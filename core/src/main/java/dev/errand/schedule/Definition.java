package dev.errand.schedule;

import dev.errand.ConfigurationException;
import java.time.Duration;
import java.util.Map;

/**
 * What a schedule does, apart from its name and its payload. Stored as text ({@link #text}), so that any release and any
 * worker can read it.
 *
 * @param rule when it is due
 * @param overlap what is done when the last task has not ended
 * @param missed what is done about due times that nobody was there for
 * @param jitter each run is delayed by less than this, always by the same for the same due time; zero: none; at most 24 h
 * @param task what its tasks have in common
 * @param extensions what a newer release has written and this one does not know; kept
 */
public record Definition(
        Rule rule, Overlap overlap, Missed missed, Duration jitter, Template task, Map<String, String> extensions) {
    private static final Duration MAX_JITTER = Duration.ofHours(24);

    /** Checks the jitter and copies the map. */
    public Definition {
        if (jitter.isNegative() || jitter.compareTo(MAX_JITTER) > 0) {
            throw new ConfigurationException("The jitter " + jitter + " is out of range; give 0 to 24 hours");
        }
        extensions = Map.copyOf(extensions);
    }

    /**
     * Reads what {@link #text} has written.
     *
     * @throws ConfigurationException if it is not that, or is of a later version of the form
     */
    public static Definition parse(String text) {
        return DefinitionText.read(text);
    }

    /**
     * As it is stored: a line {@code errand-schedule 1}, then a line for each field, name and value with a blank between. Lines
     * that are not known are kept.
     */
    public String text() {
        return DefinitionText.write(this);
    }

    /** The same by another rule. */
    public Definition withRule(Rule next) {
        return new Definition(next, overlap, missed, jitter, task, extensions);
    }

    /** The same with another choice for overlap. */
    public Definition withOverlap(Overlap next) {
        return new Definition(rule, next, missed, jitter, task, extensions);
    }

    /** The same with another choice for missed runs. */
    public Definition withMissed(Missed next) {
        return new Definition(rule, overlap, next, jitter, task, extensions);
    }

    /** The same with another jitter. */
    public Definition withJitter(Duration next) {
        return new Definition(rule, overlap, missed, next, task, extensions);
    }

    /** The same with other tasks. */
    public Definition withTask(Template next) {
        return new Definition(rule, overlap, missed, jitter, next, extensions);
    }
}
