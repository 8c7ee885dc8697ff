package dev.errand.examples.orders;

import dev.errand.Errand;
import dev.errand.ErrandBuilder;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.examples.orders.smtp.MailFolder;
import dev.errand.examples.orders.smtp.MailServer;
import dev.errand.examples.orders.smtp.Reception;
import dev.errand.examples.orders.smtp.SmtpConnections;
import dev.errand.examples.orders.smtp.SmtpUrl;
import dev.errand.examples.orders.smtp.StoredMail;
import dev.errand.observe.PrometheusEndpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The e-mail service's process. */
@Command(name = "mail", description = "Sends the confirmations of orders by SMTP.")
public final class MailService implements Callable<Integer> {
    @Option(
            names = "--broker",
            defaultValue = "${env:ORDERS_BROKER:-sqlite:orders.db}",
            description = "URL of the broker; sqlite:orders.db by default, or what ORDERS_BROKER says")
    private String broker = "";

    @Option(
            names = "--smtp",
            defaultValue = "${env:ORDERS_SMTP:-}",
            description =
                    "URL of the mail server, smtp://user:password@host:port or smtps://…; better in ORDERS_SMTP, which"
                            + " other users of the machine cannot read. Without one, mails are kept in a folder")
    private String smtp = "";

    @Option(
            names = "--mails",
            defaultValue = "mails",
            description = "where mails are kept without a mail server; ${DEFAULT-VALUE}")
    private Path mails = Path.of("mails");

    @Option(
            names = "--connections",
            defaultValue = "8",
            description = "mails sent at once, each on a connection of its own; ${DEFAULT-VALUE}")
    private int connections;

    @Option(
            names = "--first-retry",
            defaultValue = "PT2S",
            description = "when a mail is tried again after the first failure; doubles each time; ${DEFAULT-VALUE}")
    private Duration firstRetry = Duration.ofSeconds(2);

    @Option(
            names = "--metrics",
            defaultValue = "${env:ORDERS_METRICS:-}",
            description =
                    "serve metrics for Prometheus, /livez and /readyz at host:port, such as 127.0.0.1:9464; or what"
                            + " ORDERS_METRICS says; not at all by default")
    private String metrics = "";

    @Option(names = "--with-parent", description = "also stop when standard input ends")
    private boolean withParent;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this")
    boolean help;

    /** Runs until it is stopped. */
    public static void main(String[] args) {
        System.exit(Service.run(new MailService(), args));
    }

    @Override
    public Integer call() throws Exception {
        if (!smtp.isEmpty()) {
            run(SmtpUrl.parse(smtp));
            return 0;
        }
        try (MailServer own = new MailServer(0, new MailFolder(mails), new Announcing())) {
            run(SmtpUrl.parse(own.url()));
        }
        return 0;
    }

    private void run(SmtpUrl url) throws IOException, InterruptedException {
        SmtpConnections senders = new SmtpConnections(url);
        Mailer mailer = new Mailer(senders);
        try (Errand errand = Errand.connect(broker, this::observe)) {
            TaskType<OrderPlaced> confirm = Terms.on(errand.profile()).confirm();
            Worker worker = errand.worker()
                    .name("mail")
                    .queue(confirm.spec().queue(), q -> q.max(connections))
                    .handle(confirm.retry(Mail.retry(firstRetry)), mailer::confirm)
                    .start();
            Service.runUntilStopped(url.toString(), withParent, worker, errand, senders);
        }
    }

    private void observe(ErrandBuilder settings) {
        if (!metrics.isEmpty()) {
            settings.listener(PrometheusEndpoint.at(metrics));
        }
    }

    /** Says which mails were kept, so that somebody sees them. */
    private static final class Announcing implements Reception {
        private static final Logger log = LoggerFactory.getLogger(MailService.class);

        @Override
        public void stored(StoredMail mail) {
            log.info("A mail for order {} is kept: {}", mail.orderId(), mail.messageId());
        }
    }
}
