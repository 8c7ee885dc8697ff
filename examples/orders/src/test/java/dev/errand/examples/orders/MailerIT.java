package dev.errand.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.DeadCause;
import dev.errand.Errand;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.examples.orders.smtp.MailFolder;
import dev.errand.examples.orders.smtp.MailServer;
import dev.errand.examples.orders.smtp.Reception;
import dev.errand.examples.orders.smtp.SmtpConnections;
import dev.errand.examples.orders.smtp.SmtpUrl;
import dev.errand.examples.orders.smtp.StoredMail;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The handler against a real mail server, in one process. */
class MailerIT {
    @TempDir
    Path folder;

    private final AtomicInteger asked = new AtomicInteger();
    private MailFolder mails;
    private MailServer server;
    private SmtpConnections connections;
    private Errand errand;
    private Worker worker;

    /** Without a mailbox for unknown, and without time for busy on the first two occasions. */
    private final Reception reception = new Reception() {
        @Override
        public Optional<Refusal> refuse(String address) {
            if (address.startsWith("unknown-")) {
                return Optional.of(new Refusal(550, "5.1.1 There is no such mailbox"));
            }
            return address.startsWith("busy-") && asked.incrementAndGet() <= 2
                    ? Optional.of(new Refusal(451, "4.2.1 Busy"))
                    : Optional.empty();
        }
    };

    @BeforeEach
    void start() throws Exception {
        mails = new MailFolder(folder);
        server = new MailServer(0, mails, reception);
        connections = new SmtpConnections(SmtpUrl.parse(server.url()));
        errand = Errand.connect("memory:");
        Mailer mailer = new Mailer(connections);
        worker = errand.worker()
                .handle(confirm().retry(Mail.retry(Duration.ofMillis(20))), mailer::confirm)
                .start();
    }

    @AfterEach
    void stop() {
        worker.close();
        errand.close();
        connections.close();
        server.close();
    }

    private TaskType<OrderPlaced> confirm() {
        return Terms.on(errand.profile()).confirm();
    }

    private TaskInfo ended(String id, String address) throws Exception {
        OrderId order = new OrderId(id);
        errand.enqueue(confirm(), new OrderPlaced(id, address, "tea, grün", 2), o -> o.id(order.confirmation()));
        return errand.tasks()
                .awaitEnd(order.confirmation(), Duration.ofSeconds(20))
                .orElseThrow();
    }

    @Test
    void aMailArrivesUnderTheIdOfItsTask() throws Exception {
        assertThat(ended("o-1", "customer-1@example.org").state()).isEqualTo(TaskState.COMPLETED);
        assertThat(ended("o-2", "customer-2@example.org").state()).isEqualTo(TaskState.COMPLETED);
        assertThat(mails.list())
                .containsExactlyInAnyOrder(
                        new StoredMail("<mail.confirm.o-1@orders.example.org>", "o-1", 1),
                        new StoredMail("<mail.confirm.o-2@orders.example.org>", "o-2", 1));
    }

    @Test
    void aBusyMailboxIsTriedAgain() throws Exception {
        TaskInfo task = ended("o-1", "busy-1@example.org");
        assertThat(task.state()).isEqualTo(TaskState.COMPLETED);
        assertThat(task.attempts()).isEqualTo(2);
        assertThat(task.lastError().orElseThrow().message()).contains("451 4.2.1 Busy");
        assertThat(mails.list()).containsExactly(new StoredMail("<mail.confirm.o-1@orders.example.org>", "o-1", 3));
    }

    @Test
    void aMailboxThatDoesNotExistIsNeverTriedAgain() throws Exception {
        for (String address : new String[] {"unknown-1@example.org", "customer-1@example..org"}) {
            TaskInfo task = ended("o-" + address.charAt(0), address);
            assertThat(task.state()).isEqualTo(TaskState.DEAD);
            assertThat(task.cause()).isEqualTo(DeadCause.REFUSED);
            assertThat(task.attempts()).isEqualTo(1);
            assertThat(task.lastError().orElseThrow().error()).isEqualTo(BadAddress.class.getName());
        }
        assertThat(mails.list()).isEmpty();
    }
}
