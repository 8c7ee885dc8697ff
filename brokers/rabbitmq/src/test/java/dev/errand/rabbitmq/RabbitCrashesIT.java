package dev.errand.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.errand.DeadCause;
import dev.errand.Errand;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskType;
import dev.errand.broker.TaskFilter;
import dev.errand.contract.Await;
import dev.errand.contract.Relay;
import dev.errand.contract.server.RabbitProcess;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.condition.EnabledIf;

/** What counts as a crash: deliveries that came back, from where, and whose they were. */
@EnabledIf(value = "dev.errand.contract.server.RabbitProcess#isPresent", disabledReason = RabbitProcess.MISSING)
class RabbitCrashesIT {
    private static final TaskType<String> NOTE =
            TaskType.of("note", String.class).queue("notes");

    private static RabbitProcess node;
    private static Connection connection;

    private final Queue<Integer> crashes = new ConcurrentLinkedQueue<>();
    private String prefix;
    private Errand errand;

    @BeforeAll
    static void startNode() throws Exception {
        node = RabbitProcess.started();
        ConnectionFactory factory = new ConnectionFactory();
        factory.setPort(node.port());
        connection = factory.newConnection();
    }

    @AfterAll
    static void stopNode() {
        if (node != null) {
            connection.abort();
            node.close();
        }
    }

    @BeforeEach
    void connect(TestInfo test) {
        prefix = test.getTestMethod().orElseThrow().getName();
        prefix = prefix.substring(0, Math.min(40, prefix.length()));
        errand = Errand.connect(url("127.0.0.1:" + node.port()));
    }

    @AfterEach
    void disconnect() {
        errand.close();
    }

    private String url(String hosts) {
        return "amqp://" + hosts + "/?delays=errand.delay&prefix=" + prefix;
    }

    /** Another worker takes what is there and dies, so many times. */
    private void takenByTheDying(String physical, int messages, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            Channel dying = connection.createChannel();
            Await.until("all are ready", () -> ready(dying, physical) == messages);
            for (int taken = 0; taken < messages; ) {
                taken += dying.basicGet(physical, false) == null ? 0 : 1;
            }
            dying.abort();
        }
    }

    private static long ready(Channel channel, String physical) {
        try {
            return channel.messageCount(physical);
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    private void work() {
        errand.worker()
                .handle(NOTE, (text, task) -> crashes.add(task.crashes()))
                .start();
    }

    @Test
    void theFirstReturnsOfADeliveryCountForItMayHaveBegun() throws Exception {
        errand.enqueue(NOTE, "x");
        takenByTheDying(prefix + ".q.notes", 1, 1);
        work();
        Await.until("it runs", () -> crashes.size() == 1);
        assertThat(crashes).containsExactly(1);
    }

    /** However often workers die that had it delivered ahead. */
    @Test
    void noReturnFromAQueueIsTheLastCrash() throws Exception {
        for (int i = 0; i < 5; i++) {
            errand.enqueue(NOTE, "x");
        }
        takenByTheDying(prefix + ".q.notes", 5, 6);
        work();
        Await.until("they run", () -> crashes.size() == 5);
        assertThat(crashes).containsOnly(2);
        assertThat(errand.deadLetters()
                        .list(TaskFilter.ALL, Optional.empty(), 10)
                        .items())
                .isEmpty();
    }

    /** Of two that two workers have died with, one runs; a third worker dies with the other, which it had alone. */
    @Test
    void aReturnFromWhereTasksRunAloneIsTheLastCrash() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        errand.enqueue(NOTE, "x");
        errand.enqueue(NOTE, "x");
        takenByTheDying(prefix + ".q.notes", 2, 2);
        errand.worker()
                .handle(NOTE, (text, task) -> {
                    crashes.add(task.crashes());
                    gate.await();
                })
                .start();
        Channel look = connection.createChannel();
        String alone = prefix + ".alone.notes";
        Await.until("one runs alone", () -> crashes.size() == 1 && ready(look, alone) == 1);
        takenByTheDying(alone, 1, 1);
        gate.countDown();
        TaskInfo letter = Await.present(
                "the other is a dead letter",
                () -> errand.deadLetters().list(TaskFilter.ALL, Optional.empty(), 10).items().stream()
                        .findFirst());
        assertThat(letter.cause()).isEqualTo(DeadCause.CRASHED);
        assertThat(letter.envelope().history().crashes()).isEqualTo(3);
        assertThat(letter.envelope().history().errors()).hasSize(3);
        assertThat(crashes).containsExactly(2);
        look.abort();
    }

    @Test
    void aTaskOnItsLastChanceThatIsGivenBackKeepsIt() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        TaskId id = errand.enqueue(NOTE, "x").id();
        takenByTheDying(prefix + ".q.notes", 1, 2);
        try (Errand elsewhere = Errand.connect(url("127.0.0.1:" + node.port()))) {
            elsewhere
                    .worker()
                    .stopAfter(Duration.ZERO, Duration.ZERO)
                    .handle(NOTE, (text, task) -> {
                        crashes.add(task.crashes());
                        begun.countDown();
                        new CountDownLatch(1).await();
                    })
                    .start();
            assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        }
        work();
        Await.until("it runs again", () -> crashes.size() == 2);
        assertThat(crashes).containsExactly(2, 2);
        assertThat(errand.deadLetters().show(id)).isEmpty();
    }

    @Test
    void theLostConnectionOfALivingWorkerIsNoCrash() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        try (Relay relay = new Relay(node.port());
                Errand there = Errand.connect(url("127.0.0.1:" + relay.port()))) {
            there.worker()
                    .handle(NOTE, (text, task) -> {
                        crashes.add(task.crashes());
                        gate.await();
                    })
                    .start();
            errand.enqueue(NOTE, "held");
            for (int run = 1; run <= 4; run++) {
                int runs = run;
                Await.until("it runs", () -> crashes.size() == runs);
                if (run < 4) {
                    relay.cut();
                    relay.mend();
                }
            }
            assertThat(crashes).containsOnly(0);
            gate.countDown();
        }
    }
}
