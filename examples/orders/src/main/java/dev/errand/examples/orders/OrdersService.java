package dev.errand.examples.orders;

import dev.errand.Errand;
import dev.errand.broker.Capability;
import dev.errand.broker.Durability;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The order service's process. */
@Command(
        name = "orders",
        description = "Takes orders over HTTP on the loopback interface and has their confirmations sent.")
public final class OrdersService implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(OrdersService.class);

    @Option(
            names = "--broker",
            defaultValue = "${env:ORDERS_BROKER:-sqlite:orders.db}",
            description = "URL of the broker; sqlite:orders.db by default, or what ORDERS_BROKER says")
    private String broker = "";

    @Option(
            names = "--port",
            defaultValue = "8080",
            description = "port of the HTTP server; 0: a free one. ${DEFAULT-VALUE}")
    private int port;

    @Option(names = "--with-parent", description = "also stop when standard input ends")
    private boolean withParent;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this")
    boolean help;

    /** Runs until it is stopped. */
    public static void main(String[] args) {
        // The JDK's server waits for its peer's acknowledgement of each small packet, and for slow requests for ever,
        // unless
        // told otherwise.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        System.setProperty("sun.net.httpserver.maxReqTime", "30");
        System.setProperty("sun.net.httpserver.maxRspTime", "60");
        System.exit(Service.run(new OrdersService(), args));
    }

    @Override
    public Integer call() throws Exception {
        Errand errand =
                Errand.connect(broker, c -> c.require(Durability.PROCESS_CRASH).require(Capability.SHARED));
        Terms.on(errand.profile()).note().ifPresent(log::warn);
        AuditLog audit = new AuditLog();
        OrdersServer server;
        try {
            server = new OrdersServer(new OrderDesk(errand, audit), port);
        } catch (Exception e) {
            audit.close();
            errand.close();
            throw e;
        }
        Service.runUntilStopped(server.url().toString(), withParent, server, audit, errand);
        return 0;
    }
}
