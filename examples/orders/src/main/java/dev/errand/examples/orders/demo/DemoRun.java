package dev.errand.examples.orders.demo;

import dev.errand.TaskState;
import dev.errand.examples.orders.MailService;
import dev.errand.examples.orders.OrdersService;
import dev.errand.examples.orders.StockService;
import dev.errand.examples.orders.smtp.MailFolder;
import dev.errand.examples.orders.smtp.MailServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * One run: starts the mail server in this process and the services in processes of their own, places orders, looks on until the
 * end or {@link #stop}, stops everything in order, and counts what has really arrived.
 */
final class DemoRun {
    private static final Duration START = Duration.ofSeconds(40);
    private static final Duration STOP = Duration.ofSeconds(35);
    private static final Duration QUIET = Duration.ofSeconds(15);
    private static final long TICK_MILLIS = 100;
    private static final Duration OUTAGE_EVERY = Duration.ofSeconds(40);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final Plan plan;
    private final Path folder;
    private final View view;
    private final String brokerUrl;
    private final Ledger ledger = new Ledger();
    private final Happenings happenings = new Happenings();
    private final DemoOrders orders;
    private final DemoReception reception;
    private final Killer killer;
    private final Subscribers subscribers;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final long start = System.nanoTime();
    private Duration lastOutage = Duration.ZERO;
    private Duration lastLook = Duration.ZERO;

    DemoRun(Plan plan, Path folder, View view) throws IOException {
        this.plan = plan;
        this.folder = folder;
        this.view = view;
        this.brokerUrl = plan.broker().orElse("sqlite:" + folder.resolve("errand.db"));
        this.orders = new DemoOrders(
                Long.toString(ThreadLocalRandom.current().nextLong(36L * 36 * 36 * 36, 36L * 36 * 36 * 36 * 36), 36));
        this.reception = new DemoReception(orders, ledger, happenings);
        this.killer = new Killer(plan);
        this.subscribers = new Subscribers(folder.resolve("books"));
    }

    /**
     * How it went.
     *
     * @param tally the orders
     * @param seconds from the first order to the last one's end
     * @param kills of the mail process
     * @param complete whether it came to its own end, and was not stopped before or overdue
     * @param told orders that every subscription has noted
     */
    record Result(Tally tally, double seconds, int kills, boolean complete, int told) {
        /** Whether all is well: nothing is lost, and after its own end every subscription has heard of every order. */
        boolean good() {
            return tally.lost() == 0 && (!complete || told == tally.orders());
        }
    }

    /** Ends the run soon, in good order. May be called by any thread, at any time. */
    void stop() {
        stop.countDown();
    }

    Result run() throws DemoFailure, IOException, InterruptedException {
        MailFolder mails = new MailFolder(folder.resolve("mails"));
        try (MailServer server = new MailServer(0, mails, reception);
                BrokerWatch watch = new BrokerWatch(brokerUrl, orders)) {
            return withServices(server.url(), mails, watch);
        }
    }

    private Result withServices(String smtp, MailFolder mails, BrokerWatch watch)
            throws DemoFailure, IOException, InterruptedException {
        Services services = new Services(smtp);
        boolean stopped = false;
        try {
            URI url = services.awaitReady();
            double seconds;
            boolean complete;
            try (Placer placer = new Placer(url, orders, ledger, happenings)) {
                long begun = System.nanoTime();
                placer.start(plan.orders(), plan.rate());
                complete = lookOn(placer, services, watch);
                seconds = (System.nanoTime() - begun) / 1e9;
            }
            if (complete) {
                awaitQuiet(watch);
            }
            stopped = true;
            services.stop();
            Map<String, String> dead = watch.deadLetters();
            Optional<Set<String>> open = watch.onTheirWay(ledger.open());
            Tally tally = Tally.of(ledger.acknowledged(), mails.list(), dead.keySet(), open);
            Set<String> told = subscribers.told();
            told.retainAll(ledger.acknowledged());
            return new Result(tally, seconds, killer.kills(), complete, told.size());
        } finally {
            if (!stopped) {
                services.kill();
            }
        }
    }

    /** Until the end; answers whether it was the run's own. */
    private boolean lookOn(Placer placer, Services services, BrokerWatch watch)
            throws DemoFailure, IOException, InterruptedException {
        long deadline = System.nanoTime() + plan.limit().toNanos();
        while (!stop.await(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
            BrokerWatch.Queue queue = watch.queue();
            noteDeadLetters(queue, watch);
            // Where that is not counted, something may be running.
            long running = queue.all() ? queue.in(TaskState.ACTIVE) : 1;
            if (services.check() && killer.due(services.mail.age(), ledger.mails(), running)) {
                services.killMail();
            }
            considerOutage();
            view.show(picture(services, queue, watch));
            if (plan.once() && placer.done()) {
                if (ledger.open().isEmpty() && subscribers.told().containsAll(ledger.acknowledged())) {
                    return true;
                }
                if (System.nanoTime() - deadline > 0) {
                    happenings.add(
                            Happenings.Kind.BAD,
                            "the time limit of " + plan.limit().toSeconds() + " s is over");
                    view.show(picture(services, queue, watch));
                    return false;
                }
            }
        }
        return false;
    }

    private void noteDeadLetters(BrokerWatch.Queue queue, BrokerWatch watch) {
        // A shared broker may have others' dead letters too; then the list is read each time. Where they are not
        // counted, now and
        // then.
        boolean look = queue.all()
                ? queue.in(TaskState.DEAD) != ledger.deadLetters()
                : elapsed().minus(lastLook).compareTo(LOOK_EVERY) >= 0;
        if (!look) {
            return;
        }
        lastLook = elapsed();
        watch.deadLetters().forEach((order, why) -> {
            if (ledger.dead(order)) {
                happenings.add(Happenings.Kind.BAD, "order " + order + " is a dead letter, " + why);
            }
        });
    }

    /** Without end: every now and then. With a known number of orders: once, when a third has arrived. */
    private void considerOutage() {
        Duration now = elapsed();
        boolean due = plan.orders().isPresent()
                ? lastOutage.isZero()
                        && ledger.mails() >= Math.max(30, plan.orders().getAsInt() / 3)
                : now.minus(lastOutage).compareTo(OUTAGE_EVERY) > 0;
        if (due) {
            lastOutage = now;
            reception.refuseFor(plan.once() ? Duration.ofMillis(300) : Duration.ofSeconds(4));
        }
    }

    /** Also after its last mail a task must be settled; one that a killed process held comes again, and sends a mail twice. */
    private void awaitQuiet(BrokerWatch watch) throws InterruptedException {
        long deadline = System.nanoTime() + QUIET.toNanos();
        while (watch.queue().open() > 0 && System.nanoTime() - deadline < 0) {
            if (stop.await(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private Picture picture(Services services, BrokerWatch.Queue queue, BrokerWatch watch) throws IOException {
        return new Picture(
                elapsed(),
                watch.describe(),
                ledger,
                queue,
                Picture.Seen.of(services.orders, services.ordersUrl),
                Picture.Seen.of(services.mail, services.smtp),
                Picture.Seen.of(services.stock, ""),
                subscribers.counts(),
                killer.kills(),
                reception.refusing(),
                happenings);
    }

    /** The three processes. For one thread. */
    private final class Services {
        private final String smtp;
        private final ServiceProcess orders;
        private final ServiceProcess stock;
        private ServiceProcess mail;
        private String ordersUrl = "";

        Services(String smtp) throws IOException {
            this.smtp = smtp;
            this.orders = start("orders", OrdersService.class, List.of("--port", "0"));
            this.stock = start(
                    "stock",
                    StockService.class,
                    List.of("--books", folder.resolve("books").toString()));
            this.mail = startMail();
        }

        private ServiceProcess startMail() throws IOException {
            return start("mail", MailService.class, List.of("--first-retry", "PT0.5S"));
        }

        private ServiceProcess start(String name, Class<?> main, List<String> arguments) throws IOException {
            // By the environment, since URLs may have passwords, and arguments can be seen by everybody.
            Map<String, String> environment = Map.of("ORDERS_BROKER", brokerUrl, "ORDERS_SMTP", smtp);
            return ServiceProcess.start(name, main, arguments, environment, folder);
        }

        URI awaitReady() throws DemoFailure, InterruptedException {
            ordersUrl = orders.awaitReady(START);
            mail.awaitReady(START);
            // From now on it is subscribed.
            stock.awaitReady(START);
            return URI.create(ordersUrl);
        }

        /** Whether the mail process is ready; fails if one of them has died of itself. */
        boolean check() throws DemoFailure, InterruptedException {
            for (ServiceProcess process : List.of(orders, mail, stock)) {
                // A Ctrl-C reaches them before us.
                if (!process.alive() && !stop.await(1, TimeUnit.SECONDS)) {
                    throw process.died();
                }
            }
            return mail.isReady();
        }

        void killMail() throws IOException, InterruptedException {
            happenings.add(
                    Happenings.Kind.NEWS, "the mail process " + mail.pid() + " is killed (SIGKILL) and started again");
            mail.kill();
            mail = startMail();
        }

        void stop() throws InterruptedException {
            orders.stop(STOP);
            mail.stop(STOP);
            stock.stop(STOP);
        }

        void kill() throws InterruptedException {
            orders.kill();
            mail.kill();
            stock.kill();
        }
    }
}
