package dev.errand.observe;

import com.sun.management.OperatingSystemMXBean;
import dev.errand.Errand;
import dev.errand.ErrandBuilder;
import dev.errand.TaskType;
import dev.errand.Worker;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.slf4j.MDC;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;

/**
 * What being observed costs: empty tasks on the in-memory broker, enqueued in bulk and run by 64 handlers, by turns with
 * nothing on and with everything on (metrics, a listener that does nothing, fields on log lines). Prints the rates of each
 * round and the ratio of the medians. Arguments: rounds (9), tasks a round (400000), names of ways (all).
 */
public final class ObserveCost {
    private static final TaskType<byte[]> EMPTY = TaskType.of("empty", byte[].class);
    private static final int BULK = 1_000;

    private record Way(String name, boolean fields, Consumer<ErrandBuilder> settings) {}

    /** The second one is what a busy machine leaves comparable. */
    private record Figures(double rate, double micros) {}

    private ObserveCost() {}

    /** Runs. */
    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 9;
        int tasks = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 400_000;
        List<Way> ways = List.of(
                new Way("nothing", false, c -> {}),
                new Way("fields only", true, c -> {}),
                new Way("listener only", false, c -> c.listener(notice -> {})),
                new Way("metrics only", false, ObserveCost::metrics),
                new Way("everything", true, c -> {
                    metrics(c);
                    c.listener(notice -> {});
                }));
        if (arguments.length > 2) {
            List<String> chosen = List.of(arguments[2].split(","));
            ways = ways.stream().filter(way -> chosen.contains(way.name)).toList();
        }
        double[][] rates = new double[ways.size()][rounds];
        double[][] processor = new double[ways.size()][rounds];
        MDCAdapter adapter = MDC.getMDCAdapter();
        try {
            for (int round = -2; round < rounds; round++) {
                for (int i = 0; i < ways.size(); i++) {
                    // The order changes from round to round, so that none always follows the same one.
                    int way = Math.floorMod(i + round, ways.size());
                    use(ways.get(way).fields ? adapter : new NOPMDCAdapter());
                    Figures figures = round(ways.get(way), tasks);
                    if (round >= 0) {
                        rates[way][round] = figures.rate;
                        processor[way][round] = figures.micros;
                    }
                }
            }
        } finally {
            use(adapter);
        }
        for (int i = 0; i < ways.size(); i++) {
            System.out.printf(
                    Locale.ROOT,
                    "%-14s %8.0f tasks/s  ratio %.3f   %.2f us of processor a task  ratio %.3f   rounds %s%n",
                    ways.get(i).name,
                    median(rates[i]),
                    median(paired(rates[i], rates[0])),
                    median(processor[i]),
                    median(paired(processor[0], processor[i])),
                    Arrays.toString(
                            Arrays.stream(rates[i]).mapToLong(Math::round).toArray()));
        }
    }

    private static void metrics(ErrandBuilder c) {
        c.listener(ErrandMetrics.in(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)));
    }

    private static Figures round(Way way, int tasks) throws InterruptedException {
        System.gc();
        CountDownLatch done = new CountDownLatch(tasks);
        try (Errand errand = Errand.connect("memory:", way.settings);
                Worker worker = errand.worker()
                        .concurrency(64)
                        .handle(EMPTY, (payload, task) -> done.countDown())
                        .start()) {
            OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
            long used = system.getProcessCpuTime();
            long begin = System.nanoTime();
            for (int i = 0; i < tasks; i += BULK) {
                errand.enqueueAll(EMPTY, Collections.nCopies(BULK, new byte[100]));
            }
            done.await();
            double seconds = (System.nanoTime() - begin) / 1e9;
            if (errand.listenersMissed() > 0) {
                System.out.println(
                        worker.name() + ", " + way.name + ": " + errand.listenersMissed() + " notices missed");
            }
            return new Figures(tasks / seconds, (system.getProcessCpuTime() - used) / 1e3 / tasks);
        }
    }

    /** Round by round, so that what else the machine does in the meantime counts for both. */
    private static double[] paired(double[] one, double[] other) {
        double[] ratios = new double[one.length];
        Arrays.setAll(ratios, i -> one[i] / other[i]);
        return ratios;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** SLF4J has no way to turn the fields off. */
    private static void use(MDCAdapter adapter) throws ReflectiveOperationException {
        Field field = Arrays.stream(MDC.class.getDeclaredFields())
                .filter(f -> f.getType() == MDCAdapter.class)
                .findFirst()
                .orElseThrow();
        field.setAccessible(true);
        field.set(null, adapter);
    }
}
