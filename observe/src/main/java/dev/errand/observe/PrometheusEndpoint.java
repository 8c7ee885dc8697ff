package dev.errand.observe;

import dev.errand.ConfigurationException;
import dev.errand.Errand;
import dev.errand.Listener;
import dev.errand.Notice;
import dev.errand.observe.StatusServer.Answer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Metrics for Prometheus and probes for an orchestrator, on an address of their own, as long as a client is connected: <pre>{@code
 * Errand.connect(url, c -> c.listener(PrometheusEndpoint.at("127.0.0.1:9464")))
 * }</pre>
 *
 * <ul>
 *   <li>{@code /metrics}: everything in the registry, as Prometheus text or OpenMetrics, whichever the {@code Accept} header asks for;
 *   <li>{@code /livez}: 200 as long as the threads of every worker move, else 503: restart the process;
 *   <li>{@code /readyz}: 200 if every worker takes and runs and the broker answers, else 503. A client without a worker is ready
 *       while the broker answers.
 * </ul>
 *
 * Both probes say in plain text why. There is no access control: whoever reaches the address reads names of queues, task types
 * and exception classes, never payloads. Thread-safe.
 */
public final class PrometheusEndpoint implements Listener {
    /** The port unless another is given; the one that exporters of OpenTelemetry use by default, too. */
    public static final int PORT = 9464;

    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final Logger log = LoggerFactory.getLogger(PrometheusEndpoint.class);

    private final InetSocketAddress wanted;
    private final PrometheusMeterRegistry registry;
    private final ErrandMetrics metrics;
    private volatile @Nullable StatusServer server;

    private PrometheusEndpoint(
            InetSocketAddress wanted, PrometheusMeterRegistry registry, Consumer<MetricsOptions> settings) {
        this.wanted = wanted;
        this.registry = registry;
        this.metrics = ErrandMetrics.in(registry, settings);
    }

    /**
     * At {@code host:port}, {@code [::1]:port}, {@code :port} or {@code port}; without a host on loopback only, port 0 is any free
     * one, {@code 0.0.0.0} is every interface.
     *
     * @throws ConfigurationException if that is no address
     */
    public static PrometheusEndpoint at(String address) {
        return at(address, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), o -> {});
    }

    /** The same with a registry that may hold other meters, too, and with settings. */
    public static PrometheusEndpoint at(
            String address, PrometheusMeterRegistry registry, Consumer<MetricsOptions> settings) {
        return new PrometheusEndpoint(parse(address), registry, settings);
    }

    private static InetSocketAddress parse(String address) {
        int colon = address.lastIndexOf(':');
        String host = colon < 0 ? "" : address.substring(0, colon);
        String port = address.substring(colon + 1);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            InetAddress where = host.isEmpty() ? InetAddress.getLoopbackAddress() : InetAddress.getByName(host);
            return new InetSocketAddress(where, Integer.parseInt(port));
        } catch (UnknownHostException | IllegalArgumentException e) {
            throw new ConfigurationException(
                    "'" + address + "' is no address for metrics; give host:port, such as 127.0.0.1:" + PORT, e);
        }
    }

    /** The registry that is served. */
    public PrometheusMeterRegistry registry() {
        return registry;
    }

    /**
     * Where it serves.
     *
     * @throws IllegalStateException before its client is connected, and after it has closed
     */
    public InetSocketAddress address() {
        StatusServer running = server;
        if (running == null) {
            throw new IllegalStateException("No client is connected that has this endpoint as its listener");
        }
        return running.address();
    }

    @Override
    public void on(Notice notice) {
        metrics.on(notice);
    }

    /**
     * Begins to serve.
     *
     * @throws ConfigurationException if the address is taken
     */
    @Override
    public void connected(Errand errand) {
        metrics.connected(errand);
        Probes probes = new Probes(errand, metrics::brokerUp);
        try {
            StatusServer started = StatusServer.start(
                    wanted,
                    Map.of(
                            "/metrics",
                            this::scrape,
                            "/livez",
                            accept -> probes.live(),
                            "/readyz",
                            accept -> probes.ready()));
            server = started;
            log.info(
                    "Metrics and probes at http://{}:{}/metrics",
                    started.address().getHostString(),
                    started.address().getPort());
        } catch (RuntimeException e) {
            metrics.closed();
            throw e;
        }
    }

    private Answer scrape(@Nullable String accept) {
        String type = accept != null && accept.contains("application/openmetrics-text") ? OPEN_METRICS : TEXT;
        return new Answer(200, type, StatusServer.rendered(out -> registry.scrape(out, type)));
    }

    @Override
    public void closed() {
        StatusServer running = server;
        server = null;
        if (running != null) {
            running.close();
        }
        metrics.closed();
    }
}
