package dev.errand.observe;

import dev.errand.Notice;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** The meters of the broker's calls. Thread-safe. */
final class BrokerMeters {
    private static final double[] SIZES = {1, 2, 5, 10, 50, 100, 500, 1_000};
    private static final Duration[] TIMES = {
        Duration.ofNanos(100_000),
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(25),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(10)
    };

    private record Call(Timer time, DistributionSummary size) {}

    private record Failure(Notice.Call call, String error) {}

    private final Map<Notice.Call, Call> calls = new EnumMap<>(Notice.Call.class);
    private final Bounded<Failure, Counter> errors;

    BrokerMeters(MeterRegistry registry, Tags tags, int limit) {
        for (Notice.Call call : Notice.Call.values()) {
            Tags own = tags.and("call", TaskMeters.lower(call));
            calls.put(
                    call,
                    new Call(
                            Timer.builder("errand.broker.calls")
                                    .tags(own)
                                    .description("Calls of the broker that succeeded; waiting for tasks does not count")
                                    .serviceLevelObjectives(TIMES)
                                    .register(registry),
                            DistributionSummary.builder("errand.broker.batch")
                                    .tags(own)
                                    .description("Items in one call of the broker")
                                    .serviceLevelObjectives(SIZES)
                                    .register(registry)));
        }
        this.errors = new Bounded<>(
                "kinds of error of the broker",
                limit,
                new Failure(Notice.Call.ENQUEUE, Bounded.OTHER),
                failure -> Counter.builder("errand.broker.errors")
                        .tags(tags.and("call", TaskMeters.lower(failure.call), "error", failure.error))
                        .description("Calls of the broker that failed")
                        .register(registry));
    }

    void called(Notice.BrokerCall notice) {
        if (notice.error() != null) {
            errors.of(new Failure(notice.call(), simple(notice.error()))).increment();
            return;
        }
        Call call = calls.get(notice.call());
        if (call == null) {
            return;
        }
        call.size.record(notice.size());
        if (notice.took() != null) {
            call.time.record(notice.took());
        }
    }

    private static String simple(String className) {
        return className.substring(className.lastIndexOf('.') + 1);
    }
}
