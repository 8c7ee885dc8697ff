/** Metrics of clients and workers, served for Prometheus with liveness and readiness. */
module dev.errand.observe {
    requires static transitive org.jspecify;
    requires static io.opentelemetry.context;
    requires transitive dev.errand;
    requires transitive micrometer.core;
    requires transitive micrometer.registry.prometheus;
    requires jdk.httpserver;
    requires org.slf4j;

    exports dev.errand.observe;
}
