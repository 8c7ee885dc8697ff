package dev.errand.bench.observe;

import dev.errand.ErrandBuilder;
import dev.errand.observe.ErrandMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.function.Consumer;

/**
 * One way to be observed.
 *
 * @param name for people
 * @param fields whether log lines carry the task's fields
 * @param settings of the client
 */
record Way(String name, boolean fields, Consumer<ErrandBuilder> settings) {
    static final Way NOTHING = new Way("nothing", false, c -> {});

    /** {@link #NOTHING} first, all together last. */
    static final List<Way> ALL = List.of(
            NOTHING,
            new Way("log fields", true, c -> {}),
            new Way("a listener", false, c -> c.listener(notice -> {})),
            new Way("metrics", false, Way::metrics),
            new Way("everything", true, c -> {
                metrics(c);
                c.listener(notice -> {});
            }));

    private static void metrics(ErrandBuilder c) {
        c.listener(ErrandMetrics.in(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)));
    }
}
