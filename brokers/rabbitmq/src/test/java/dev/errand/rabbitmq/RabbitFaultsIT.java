package dev.errand.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.errand.BrokerUnavailableException;
import dev.errand.CapabilityException;
import dev.errand.ConfigurationException;
import dev.errand.DeadCause;
import dev.errand.Errand;
import dev.errand.Retry;
import dev.errand.TaskContext;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.broker.TaskFilter;
import dev.errand.contract.Await;
import dev.errand.contract.Relay;
import dev.errand.contract.server.RabbitProcess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;

/** What is RabbitMQ's alone: messages of other programs, queues that go away, limits of the server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@EnabledIf(value = "dev.errand.contract.server.RabbitProcess#isPresent", disabledReason = RabbitProcess.MISSING)
class RabbitFaultsIT {
    private static final TaskType<String> NOTE =
            TaskType.of("note", String.class).queue("notes");

    private RabbitProcess node;
    private Connection connection;
    private Channel foreign;
    private String prefix;
    private Errand errand;
    private final Queue<String> ran = new ConcurrentLinkedQueue<>();

    @BeforeAll
    void startNode() throws Exception {
        // Acknowledgements are awaited for 3 s, and this is looked at every second.
        node = RabbitProcess.started("consumer_timeout = 3000\n", "[{rabbit, [{channel_tick_interval, 1000}]}].\n");
        ConnectionFactory factory = new ConnectionFactory();
        factory.setPort(node.port());
        connection = factory.newConnection();
    }

    @AfterAll
    void stopNode() throws Exception {
        connection.abort();
        node.close();
    }

    @BeforeEach
    void connect(TestInfo test) throws Exception {
        prefix = test.getTestMethod().orElseThrow().getName();
        prefix = prefix.substring(0, Math.min(40, prefix.length()));
        ran.clear();
        foreign = connection.createChannel();
        errand = Errand.connect(url(""));
    }

    @AfterEach
    void disconnect() throws Exception {
        errand.close();
        if (foreign.isOpen()) {
            foreign.abort();
        }
    }

    private String url(String more) {
        return "amqp://guest:guest@127.0.0.1:" + node.port() + "/?delays=errand.delay&prefix=" + prefix + more;
    }

    private String physical(String queue) {
        return prefix + ".q." + queue;
    }

    private Worker worker() {
        return errand.worker()
                .stopAfter(Duration.ofMillis(100), Duration.ofMillis(100))
                .handle(NOTE, (text, task) -> ran.add(text))
                .start();
    }

    private void awaitRan(String... texts) {
        Await.until(
                () -> List.of(texts) + "; there ran " + ran,
                Duration.ofSeconds(30),
                () -> ran.containsAll(List.of(texts)));
    }

    private TaskInfo onlyDeadLetter() {
        return Await.present(
                "a dead letter",
                () -> errand.deadLetters().list(TaskFilter.ALL, Optional.empty(), 10).items().stream()
                        .findFirst());
    }

    // ---- open messages

    @Test
    void aTaskIsAnOpenMessage() throws Exception {
        TaskId id =
                errand.enqueue(NOTE, "hello", o -> o.header("tenant", "seven")).id();
        GetResponse found = foreign.basicGet(physical("notes"), true);
        assertThat(new String(found.getBody(), StandardCharsets.UTF_8)).isEqualTo("hello");
        AMQP.BasicProperties properties = found.getProps();
        assertThat(properties.getDeliveryMode()).isEqualTo(2);
        assertThat(properties.getMessageId()).isEqualTo(id.value());
        assertThat(properties.getType()).isEqualTo("note");
        assertThat(properties.getContentType()).startsWith("text/plain");
        Map<String, String> headers = new HashMap<>();
        properties.getHeaders().forEach((name, value) -> headers.put(name, value.toString()));
        assertThat(headers)
                .containsEntry("cloudEvents:specversion", "1.0")
                .containsEntry("cloudEvents:id", id.value())
                .containsEntry("cloudEvents:type", "note")
                .containsEntry("cloudEvents:errandqueue", "notes")
                .containsEntry("cloudEvents:errandattempts", "0")
                .containsEntry("tenant", "seven")
                .containsKey("cloudEvents:source");
        assertThat(Instant.parse(headers.get("cloudEvents:time"))).isBeforeOrEqualTo(Instant.now());
    }

    @Test
    void aMessageOfAnotherProgramIsATask() throws Exception {
        Queue<TaskContext> seen = new ConcurrentLinkedQueue<>();
        Worker worker = errand.worker()
                .handle(TaskType.of("their.type", String.class).queue("theirs"), (text, task) -> {
                    ran.add(text);
                    seen.add(task);
                })
                .start();
        AMQP.BasicProperties bare = new AMQP.BasicProperties.Builder()
                .type("their.type")
                .messageId("their-id")
                .contentType("text/plain")
                .timestamp(Date.from(Instant.parse("2026-01-01T00:00:00Z")))
                .headers(Map.of("tenant", "seven", "number", 7))
                .build();
        foreign.basicPublish("", physical("theirs"), bare, "bare".getBytes(StandardCharsets.UTF_8));
        AMQP.BasicProperties event = new AMQP.BasicProperties.Builder()
                .contentType("text/plain")
                .headers(Map.of("cloudEvents_type", "their.type", "cloudEvents_id", "event-id"))
                .build();
        foreign.basicPublish("", physical("theirs"), event, "event".getBytes(StandardCharsets.UTF_8));
        awaitRan("bare", "event");
        assertThat(seen).extracting(task -> task.id().value()).containsExactlyInAnyOrder("their-id", "event-id");
        assertThat(seen)
                .filteredOn(task -> task.id().value().equals("their-id"))
                .allMatch(task -> task.headers().equals(Map.of("tenant", "seven"))
                        && task.created().equals(Instant.parse("2026-01-01T00:00:00Z")));
        worker.close();
    }

    @Test
    void aMessageThatNamesNoTypeHasThatOfItsQueueOrTheOneToldForIt() throws Exception {
        Worker byQueue = errand.worker()
                .handle(TaskType.of("plain", String.class).queue("plain"), (text, task) -> ran.add("queue " + text))
                .start();
        foreign.basicPublish("", physical("plain"), null, "a".getBytes(StandardCharsets.UTF_8));
        awaitRan("queue a");
        byQueue.close();
        try (Errand told = Errand.connect(url("&foreign-type=told&type-header=task"))) {
            told.worker()
                    .queue("plain")
                    .handle(TaskType.of("told", String.class), (text, task) -> ran.add("told " + text))
                    .handle(TaskType.of("named", String.class), (text, task) -> ran.add("named " + text))
                    .start();
            foreign.basicPublish("", physical("plain"), null, "b".getBytes(StandardCharsets.UTF_8));
            AMQP.BasicProperties named = new AMQP.BasicProperties.Builder()
                    .headers(Map.of("task", "named"))
                    .build();
            foreign.basicPublish("", physical("plain"), named, "c".getBytes(StandardCharsets.UTF_8));
            awaitRan("told b", "named c");
        }
    }

    @Test
    void aBadMessageIsADeadLetterWithItsBytes() throws Exception {
        Worker worker = worker();
        byte[] body = {0, 1, -1};
        AMQP.BasicProperties bad = new AMQP.BasicProperties.Builder()
                .headers(Map.of("cloudEvents:type", "note", "cloudEvents:errandattempts", "many"))
                .messageId("bad")
                .build();
        foreign.basicPublish("", physical("notes"), bad, body);
        TaskInfo letter = onlyDeadLetter();
        assertThat(letter.cause()).isEqualTo(DeadCause.UNDECODABLE);
        assertThat(letter.id()).isEqualTo(TaskId.of("bad"));
        assertThat(letter.envelope().payload().bytes()).isEqualTo(body);
        assertThat(letter.reason()).contains("many");
        worker.close();
    }

    @Test
    void whatAnotherProgramSetSurvivesRetryAndDeath() throws Exception {
        TaskType<String> failing =
                NOTE.retry(Retry.fixed(Duration.ofMillis(10)).jitter(0).maxAttempts(2));
        errand.worker()
                .handle(failing, (text, task) -> {
                    throw new java.io.IOException("no");
                })
                .start();
        AMQP.BasicProperties theirs = new AMQP.BasicProperties.Builder()
                .type("note")
                .correlationId("correlated")
                .replyTo("answers")
                .expiration("3600000")
                .headers(Map.of("number", 7, "cloudEvents:subject", "the subject"))
                .build();
        foreign.basicPublish("", physical("notes"), theirs, "x".getBytes(StandardCharsets.UTF_8));
        TaskInfo letter = onlyDeadLetter();
        assertThat(letter.attempts()).isEqualTo(2);
        GetResponse found = foreign.basicGet(prefix + ".dead", false);
        assertThat(found.getProps().getCorrelationId()).isEqualTo("correlated");
        assertThat(found.getProps().getReplyTo()).isEqualTo("answers");
        assertThat(found.getProps().getExpiration()).isNull();
        assertThat(found.getProps().getHeaders()).containsEntry("number", 7);
        assertThat(found.getProps().getHeaders().get("cloudEvents:subject")).hasToString("the subject");
    }

    // ---- queues that go away

    @Test
    void consumingGoesOnAfterTheQueueWasDeleted() throws Exception {
        Worker worker = worker();
        errand.enqueue(NOTE, "before");
        awaitRan("before");
        foreign.queueDelete(physical("notes"));
        errand.enqueue(NOTE, "after");
        awaitRan("after");
        errand.enqueue(NOTE, "later", o -> o.delay(Duration.ofMillis(200)));
        awaitRan("later");
        worker.close();
    }

    @Test
    void anEnqueueMakesADeletedQueueAgain() throws Exception {
        errand.enqueue(NOTE, "lost");
        foreign.queueDelete(physical("notes"));
        errand.enqueue(NOTE, "kept");
        assertThat(errand.queues().depth("notes")).isEqualTo(1);
    }

    @Test
    void whatFallsDueForADeletedQueueIsADeadLetterAndHoldsUpNothing() throws Exception {
        for (int i = 0; i < 50; i++) {
            errand.enqueue(NOTE, "gone " + i, o -> o.delay(Duration.ofMillis(1_500)));
        }
        foreign.queueDelete(physical("notes"));
        Await.until(
                "they are dead letters",
                Duration.ofSeconds(30),
                () -> errand.deadLetters()
                                .list(TaskFilter.ALL, Optional.empty(), 100)
                                .items()
                                .size()
                        == 50);
        assertThat(onlyDeadLetter().reason()).contains("queue was not there");
        Worker worker = worker();
        errand.enqueue(NOTE, "on time", o -> o.delay(Duration.ofMillis(1_500)));
        awaitRan("on time");
        assertThat(errand.deadLetters().redriveAll(TaskFilter.ALL, 100)).isEqualTo(50);
        awaitRan("gone 0", "gone 49");
        worker.close();
    }

    @Test
    void aConnectionFailsOverToAnotherHost() {
        try (Relay one = new Relay(node.port());
                Relay other = new Relay(node.port());
                Errand there = Errand.connect(
                        url("").replace(":" + node.port(), ":" + one.port() + ",127.0.0.1:" + other.port()))) {
            there.worker().handle(NOTE, (text, task) -> ran.add(text)).start();
            errand.enqueue(NOTE, "both");
            awaitRan("both");
            one.cut();
            errand.enqueue(NOTE, "other");
            awaitRan("other");
            one.mend();
            other.cut();
            errand.enqueue(NOTE, "one");
            awaitRan("one");
        }
    }

    // ---- limits of the server

    @Test
    void aDeliveryPastTheAcknowledgementTimeoutIsLostAndTheHandlerInterrupted() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        try (Errand told = Errand.connect(url("&ack-timeout=3s"))) {
            told.worker()
                    .handle(NOTE.timeout(Duration.ofMillis(500)), (text, task) -> {
                        if (runs.incrementAndGet() > 1) {
                            ran.add("again");
                            return;
                        }
                        try {
                            // It does not heed its timeout.
                            while (true) {
                                new CountDownLatch(1).await();
                            }
                        } catch (InterruptedException first) {
                            try {
                                new CountDownLatch(1).await();
                            } catch (InterruptedException second) {
                                interrupted.countDown();
                            }
                        }
                    })
                    .start();
            told.enqueue(NOTE, "stubborn");
            assertThat(interrupted.await(60, java.util.concurrent.TimeUnit.SECONDS))
                    .isTrue();
            awaitRan("again");
        }
    }

    @Test
    void aNodeThatLacksDiskSpaceSaysSoAndIsWorkedOff() {
        try (RabbitProcess full = RabbitProcess.started("", "[{rabbit, [{disk_free_limit, 1000000000000000}]}].\n");
                Errand there = Errand.connect("amqp://127.0.0.1:" + full.port() + "?timeout=3s")) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> there.enqueue(NOTE, "x"))
                        .isInstanceOf(BrokerUnavailableException.class)
                        .hasMessageContaining("disk");
            }
            assertThat(there.queues().depth("notes")).isZero();
        }
    }

    @Test
    void aTypeThatMayRunLongerThanTheAcknowledgementTimeoutIsRefusedAtTheStart() {
        try (Errand told = Errand.connect(url("&ack-timeout=3s"))) {
            assertThatThrownBy(() -> told.worker()
                            .handle(NOTE.timeout(Duration.ofSeconds(4)), (text, task) -> {})
                            .start())
                    .isInstanceOf(CapabilityException.class)
                    .hasMessageContaining("PT3S")
                    .hasMessageContaining("PT4S");
        }
    }

    @Test
    void aMessageThatComesBackTooOftenIsPutAsideByTheBroker() throws Exception {
        TaskId id = errand.enqueue(NOTE, "poison").id();
        for (int i = 0; i <= Topology.POISON_LIMIT; i++) {
            GetResponse found = Await.present("the message", () -> Optional.ofNullable(get(physical("notes"))));
            foreign.basicNack(found.getEnvelope().getDeliveryTag(), false, true);
        }
        TaskInfo letter = onlyDeadLetter();
        assertThat(letter.id()).isEqualTo(id);
        assertThat(letter.cause()).isEqualTo(DeadCause.CRASHED);
        assertThat(letter.queue()).isEqualTo("notes");
        assertThat(errand.deadLetters().redrive(id)).isTrue();
        Worker worker = worker();
        awaitRan("poison");
        worker.close();
    }

    private GetResponse get(String queue) {
        try {
            return foreign.basicGet(queue, false);
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void readingDeadLettersNeverCountsAgainstThem() {
        TaskType<String> dies = NOTE.retry(Retry.none());
        errand.worker()
                .handle(dies, (text, task) -> {
                    throw new java.io.IOException("no");
                })
                .start();
        errand.enqueue(dies, "x");
        TaskId id = onlyDeadLetter().id();
        for (int i = 0; i < 2 * Topology.POISON_LIMIT; i++) {
            assertThat(errand.deadLetters().show(id)).isPresent();
        }
        assertThat(onlyDeadLetter().envelope().history().crashes()).isZero();
    }

    // ---- who declares

    @Test
    void withCheckNothingIsDeclaredAndWhatIsMissingIsNamed() throws Exception {
        prefix = "unknown";
        assertThatThrownBy(() -> Errand.connect(url("&topology=check")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("unknown.dead")
                .hasMessageContaining("topology=declare");
    }

    @Test
    void withCheckItWorksOnWhatOthersDeclared() throws Exception {
        worker().close();
        errand.enqueue(NOTE, "declared");
        try (Errand checking = Errand.connect(url("&topology=check"))) {
            checking.worker().handle(NOTE, (text, task) -> ran.add(text)).start();
            awaitRan("declared");
            checking.enqueue(NOTE, "x");
            checking.enqueue(NOTE, "later", o -> o.delay(Duration.ofMillis(150)));
            awaitRan("x", "later");
            assertThatThrownBy(() -> checking.enqueue(NOTE, "y", o -> o.queue("elsewhere")))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("elsewhere");
        }
    }

    @Test
    void aQueueThatWasDeclaredOtherwiseIsNamed() throws Exception {
        foreign.queueDeclare(physical("notes"), true, false, false, Map.of());
        assertThatThrownBy(() -> errand.enqueue(NOTE, "x"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(physical("notes"))
                .hasMessageContaining("topology=check");
    }

    @Test
    void wrongCredentialsAndHostsAreNamedWithoutSecrets() {
        assertThatThrownBy(() -> Errand.connect("amqp://guest:wrong-secret@127.0.0.1:" + node.port()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("login")
                .hasMessageNotContaining("wrong-secret");
        assertThatThrownBy(() -> Errand.connect("amqp://127.0.0.1:" + node.port() + "/nowhere"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("nowhere");
    }
}
