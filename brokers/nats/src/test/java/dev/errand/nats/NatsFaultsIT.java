package dev.errand.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.ConfigurationException;
import dev.errand.DeadCause;
import dev.errand.Errand;
import dev.errand.Retry;
import dev.errand.TaskContext;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.broker.Broker;
import dev.errand.broker.BrokerContext;
import dev.errand.broker.BrokerUrl;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.Intake;
import dev.errand.broker.Lease;
import dev.errand.broker.Outcome;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.Receipt;
import dev.errand.broker.Signals;
import dev.errand.broker.TakeRequest;
import dev.errand.broker.TaskFilter;
import dev.errand.broker.WorkerSpec;
import dev.errand.contract.Await;
import dev.errand.contract.server.NatsProcess;
import dev.errand.time.Time;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What other programs and administrators do to the streams, seen by users. */
@EnabledIf(value = "dev.errand.contract.server.NatsProcess#isPresent", disabledReason = NatsProcess.MISSING)
class NatsFaultsIT {
    private static final TaskType<String> TYPE = TaskType.of("confirm", String.class)
            .queue("mail")
            .retry(Retry.fixed(Duration.ofMillis(20)).jitter(0).maxAttempts(3));

    private record Run(String payload, TaskContext task) {}

    private final List<Run> runs = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();
    private NatsProcess server;
    private Connection plain;

    @BeforeEach
    void start() throws Exception {
        server = closing(NatsProcess.started());
        plain = closing(Nats.connect("nats://127.0.0.1:" + server.port()));
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T closing(T resource) {
        open.add(resource);
        return resource;
    }

    private Errand connect(String options) {
        return closing(Errand.connect("nats://127.0.0.1:" + server.port() + "?lease=1s" + options, c -> {}));
    }

    private Worker work(Errand errand, TaskType<String> type) {
        return closing(errand.worker()
                .handle(type, (payload, task) -> runs.add(new Run(payload, task)))
                .start());
    }

    private void publish(String subject, Headers headers, String body) throws IOException, InterruptedException {
        plain.publish(NatsMessage.builder()
                .subject(subject)
                .headers(headers)
                .data(body.getBytes(StandardCharsets.UTF_8))
                .build());
        plain.flushBuffer();
    }

    // ---- other programs

    @Test
    void whatAnotherProgramPublishesIsATaskAndNothingReplacesIt() throws Exception {
        Errand errand = connect("");
        Worker before = work(errand, TYPE);
        before.close();
        for (int i = 0; i < 5; i++) {
            publish("errand.t.mail.confirm", new Headers(), "body " + i);
        }
        work(errand, TYPE);
        Await.until("all have run", () -> runs.size() == 5);
        assertThat(runs)
                .extracting(Run::payload)
                .containsExactlyInAnyOrder("body 0", "body 1", "body 2", "body 3", "body 4");
        assertThat(runs).extracting(run -> run.task().type()).containsOnly("confirm");
        Await.until("nothing is left", () -> messages("errand-t-mail") == 0);
    }

    private long messages(String stream) {
        try {
            return plain.jetStreamManagement()
                    .getStreamInfo(stream)
                    .getStreamState()
                    .getMsgCount();
        } catch (IOException | io.nats.client.JetStreamApiException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anEventOfAnotherProgramIsRetriedWithAllItHas() throws Exception {
        Errand errand = connect("");
        closing(errand.worker()
                .handle(TYPE, (payload, task) -> {
                    runs.add(new Run(payload, task));
                    if (task.attempt() < 3) {
                        throw new IOException("not yet");
                    }
                })
                .start());
        Headers headers = new Headers()
                .put("ce-specversion", "1.0")
                .put("ce-id", "order-7")
                .put("ce-source", "/shop")
                .put("ce-type", "confirm")
                .put("region", "eu");
        publish("errand.t.mail.anything.at.all", headers, "x");
        Await.until("three have run", () -> runs.size() == 3);
        assertThat(runs).extracting(run -> run.task().id()).containsOnly(TaskId.of("order-7"));
        assertThat(runs).extracting(run -> run.task().attempt()).containsExactly(1, 2, 3);
        assertThat(runs).allMatch(run -> "eu".equals(run.task().headers().get("region")));
        Await.until("nothing is left", () -> messages("errand-t-mail") + messages("errand-d") == 0);
    }

    @Test
    void aMessageThatCannotBeReadIsADeadLetterWithItsBytes() throws Exception {
        Errand errand = connect("");
        work(errand, TYPE);
        publish("errand.t.mail.x", new Headers().put("ce-type", "confirm").put("ce-time", "yesterday"), "the bytes");
        errand.enqueue(TYPE, "good");
        TaskInfo letter = Await.present(
                "there is a dead letter",
                () -> errand.deadLetters().list(TaskFilter.ALL, Optional.empty(), 10).items().stream()
                        .findFirst());
        assertThat(letter.cause()).isEqualTo(DeadCause.UNDECODABLE);
        assertThat(letter.reason()).contains("yesterday");
        assertThat(letter.envelope().payload().bytes()).isEqualTo("the bytes".getBytes(StandardCharsets.UTF_8));
        Await.until("the good one runs", () -> runs.size() == 1);
    }

    // ---- streams and consumers

    @Test
    void aRemovedStreamIsMadeAgainAndServed() throws Exception {
        Errand errand = connect("");
        work(errand, TYPE);
        errand.enqueue(TYPE, "before");
        Await.until("it works", () -> runs.size() == 1);
        plain.jetStreamManagement().deleteStream("errand-t-mail");
        errand.enqueue(TYPE, "after");
        Await.until("it goes on", () -> runs.size() == 2);
        plain.jetStreamManagement().deleteStream("errand-d");
        errand.enqueue(TYPE, "later", o -> o.delay(Duration.ofMillis(300)));
        Await.until("delayed ones, too", () -> runs.size() == 3);
    }

    @Test
    void aRemovedConsumerIsMadeAgain() throws Exception {
        Errand errand = connect("");
        work(errand, TYPE);
        errand.enqueue(TYPE, "before");
        Await.until("it works", () -> runs.size() == 1);
        plain.jetStreamManagement().deleteConsumer("errand-t-mail", "worker");
        errand.enqueue(TYPE, "after");
        Await.until("it goes on", () -> runs.size() == 2);
    }

    @Test
    void withoutLeaveToDeclareMissingStreamsAreNamed() {
        assertThatThrownBy(() -> connect("&declare=false"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("errand-d")
                .hasMessageContaining("declare=false");
        work(connect(""), TYPE).close();
        Errand careful = connect("&declare=false");
        work(careful, TYPE);
        careful.enqueue(TYPE, "x");
        Await.until("what is there is used", () -> runs.size() == 1);
        assertThatThrownBy(() -> careful.enqueue(TYPE, "x", o -> o.queue("unknown")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("errand-t-unknown");
    }

    @Test
    void aStreamOfSomebodyElseIsNotTakenForOurs() throws Exception {
        connect("").close();
        plain.jetStreamManagement()
                .addStream(io.nats.client.api.StreamConfiguration.builder()
                        .name("errand-t-mail")
                        .subjects("somebody.else")
                        .build());
        Errand errand = connect("");
        assertThatThrownBy(() -> errand.enqueue(TYPE, "x"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("errand-t-mail")
                .hasMessageContaining("prefix");
    }

    @Test
    void thousandsThatWaitForTheirRetryBlockNobody() {
        TaskType<String> slow = TaskType.of("slow", String.class).queue("mail").retry(Retry.fixed(Duration.ofHours(1)));
        Errand errand = connect("");
        CountDownLatch failed = new CountDownLatch(2_500);
        closing(errand.worker()
                .handle(slow, (payload, task) -> {
                    failed.countDown();
                    throw new IOException("in an hour");
                })
                .handle(TYPE, (payload, task) -> runs.add(new Run(payload, task)))
                .start());
        errand.enqueueAll(slow, Collections.nCopies(2_500, "x"));
        Await.until("all have failed", Duration.ofSeconds(60), () -> failed.getCount() == 0);
        errand.enqueue(TYPE, "fresh");
        errand.enqueue(TYPE, "delayed", o -> o.delay(Duration.ofMillis(200)));
        Await.until("those after them run", () -> runs.size() == 2);
        Await.until("the others wait", () -> messages("errand-d") == 2_500);
        assertThat(errand.queues().depth("mail")).isZero();
    }

    // ---- copies and originals

    private Broker broker(Time time) {
        BrokerUrl url = BrokerUrl.parse("nats://127.0.0.1:" + server.port() + "?lease=1s");
        return closing(new NatsProvider().open(url, new BrokerContext(time, new Random(), 3)));
    }

    private static Envelope task(Time time) {
        return Envelope.of(
                TaskId.of("a"),
                TYPE.name(),
                new Payload(new byte[] {1}, "text/plain", 1),
                "mail",
                time.now(),
                new Policy(3, Duration.ofMinutes(1), Duration.ZERO, Set.of()));
    }

    private Intake intake(Broker broker, Time time, String id) {
        WorkerSpec spec = new WorkerSpec(
                id,
                id,
                "here",
                1,
                time.now(),
                Map.of("mail", 1),
                false,
                10,
                Set.of(TYPE.name()),
                Duration.ofMinutes(1),
                Duration.ofSeconds(1));
        Signals deaf = new Signals() {
            @Override
            public void lost(Lease lease) {}

            @Override
            public void cancel(TaskId task) {}

            @Override
            public void dueChanged() {}
        };
        return closing(broker.open(spec, deaf));
    }

    private static List<Delivery> take(Intake intake, Duration wait) {
        return intake.take(new TakeRequest(List.of(new TakeRequest.Demand("mail", 10)), 10, Map.of(), wait));
    }

    /** As a worker leaves it that dies after it has stored what becomes of a task, and before it has removed the original. */
    @ParameterizedTest
    @ValueSource(strings = {"t", "d", "x"})
    void anOriginalWhoseCopyIsStoredDoesNotRunAgain(String where) throws Exception {
        Time time = closing(Time.system());
        Broker broker = broker(time);
        broker.enqueue(List.of(task(time)));
        Delivery first =
                take(intake(broker, time, "dies"), Duration.ofSeconds(10)).getFirst();
        Headers copy = where.equals("d")
                ? Messages.encode(first.envelope(), 1, 1, time.now().plusSeconds(600))
                : Messages.encode(first.envelope(), 1, 1).put(Messages.REPLACES, "1");
        publish("errand." + where + ".mail.a", copy, "x");
        Intake other = intake(broker, time, "other");
        if (where.equals("t")) {
            Delivery again = take(other, Duration.ofSeconds(10)).getFirst();
            assertThat(again.envelope().history().crashes()).isZero();
            other.settle(List.of(
                    new Outcome(again.lease(), again.envelope(), new Outcome.Verdict.Complete(null, Duration.ZERO))));
        }
        Await.until("the original is removed", () -> {
            assertThat(take(other, Duration.ofMillis(200))).isEmpty();
            return messages("errand-t-mail") == 0;
        });
    }

    @Test
    void aRepeatedEnqueueIsRecognisedEvenWhenTheTaskHasEnded() {
        Time time = closing(Time.system());
        Broker broker = broker(time);
        Envelope task = task(time);
        broker.enqueue(List.of(task));
        Errand errand = closing(Errand.over(broker, c -> c.time(time)));
        closing(errand.worker()
                .handle(TaskType.of("confirm", byte[].class).queue("mail"), (payload, t) -> runs.add(new Run("", t)))
                .start());
        Await.until("it has ended", () -> runs.size() == 1 && messages("errand-t-mail") == 0);
        assertThat(broker.enqueue(List.of(task))).containsExactly(new Receipt.Stored());
        assertThat(messages("errand-t-mail")).isZero();
    }
}
