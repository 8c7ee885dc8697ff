package dev.errand.observe;

import dev.errand.ConfigurationException;
import dev.errand.time.Time;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.List;

/** Sets metrics up. For one thread, within the lambda that it is given to. */
public final class MetricsOptions {
    private static final List<Duration> WAIT = List.of(
            Duration.ofMillis(1),
            Duration.ofMillis(5),
            Duration.ofMillis(25),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofMinutes(2),
            Duration.ofMinutes(10),
            Duration.ofHours(1));
    private static final List<Duration> RUN = List.of(
            Duration.ofMillis(1),
            Duration.ofMillis(5),
            Duration.ofMillis(10),
            Duration.ofMillis(50),
            Duration.ofMillis(100),
            Duration.ofMillis(250),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofMinutes(1),
            Duration.ofMinutes(5),
            Duration.ofMinutes(30));
    private static final Duration SHORTEST_POLL = Duration.ofMillis(100);

    int limit = 200;
    Tags tags = Tags.empty();
    Duration pollEvery = Duration.ofSeconds(5);
    List<Duration> waitBuckets = WAIT;
    List<Duration> runBuckets = RUN;
    Time time = Time.system();

    MetricsOptions() {}

    /**
     * The most pairs of task type and queue, the most queues, and the most kinds of error with meters of their own, 1 to 10,000;
     * 200 by default. Further ones are counted together as {@code other}; their queues are not measured.
     */
    public MetricsOptions limit(int most) {
        if (most < 1 || most > 10_000) {
            throw new ConfigurationException("The limit " + most + " for meters is out of range; give 1 to 10000");
        }
        this.limit = most;
        return this;
    }

    /** A tag on all meters; needed to tell clients of several brokers apart that share a registry. */
    public MetricsOptions tag(String key, String value) {
        this.tags = tags.and(key, value);
        return this;
    }

    /**
     * How often the broker is asked how much is in the queues, 100 ms or more; 5 s by default, and never more than a tenth of the
     * time. Zero: never, if another process asks already.
     */
    public MetricsOptions pollEvery(Duration period) {
        if (!period.isZero() && period.compareTo(SHORTEST_POLL) < 0) {
            throw new ConfigurationException("The period " + period + " is too short; give PT0.1S or more, or zero");
        }
        this.pollEvery = period;
        return this;
    }

    /** The upper bounds of the histogram of waits, instead of 1 ms to 1 h. */
    public MetricsOptions waitBuckets(Duration... bounds) {
        this.waitBuckets = List.of(bounds);
        return this;
    }

    /** The upper bounds of the histogram of run times, instead of 1 ms to 30 min. */
    public MetricsOptions runBuckets(Duration... bounds) {
        this.runBuckets = List.of(bounds);
        return this;
    }

    MetricsOptions time(Time source) {
        this.time = source;
        return this;
    }
}
