/**
 * Metrics by Micrometer, and an HTTP address for Prometheus and for probes. {@link dev.errand.observe.PrometheusEndpoint} is
 * all of it in one line; {@link dev.errand.observe.ErrandMetrics} is for services that have a Micrometer registry.
 */
@NullMarked
package dev.errand.observe;

import org.jspecify.annotations.NullMarked;
