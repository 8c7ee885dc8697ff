package dev.errand.cli;

import dev.errand.AttemptError;
import dev.errand.DeadCause;
import dev.errand.TaskId;
import dev.errand.broker.Broker;
import dev.errand.broker.BrokerUrl;
import dev.errand.broker.DeadLetters;
import dev.errand.broker.Delivery;
import dev.errand.broker.Envelope;
import dev.errand.broker.Intake;
import dev.errand.broker.Lease;
import dev.errand.broker.Outcome;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.Signals;
import dev.errand.broker.TakeRequest;
import dev.errand.broker.WorkerSpec;
import dev.errand.time.ManualTime;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.BiFunction;

/** Runs commands on a broker of the test's, with a time that stands still. */
final class Rig implements AutoCloseable {
    static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

    /** What a command did. */
    record Ran(int exit, String out, String err) {}

    final ManualTime time;
    final Broker broker;
    final Map<String, String> environment = new HashMap<>(Map.of("ERRAND_BROKER", "test:"));
    Terminal terminal = Terminal.NONE;
    String input = "";
    byte[] written = new byte[0];
    boolean created;

    Rig(ManualTime time, Broker broker) {
        this.time = time;
        this.broker = broker;
    }

    Ran run(String... args) {
        return run((url, mayCreate) -> new Lent(broker), args);
    }

    Ran run(World.Connector connector, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exit = Commands.run(
                new World(
                        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                        new PrintStream(out, false, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        environment,
                        terminal,
                        time,
                        ZoneOffset.UTC,
                        new Random(1),
                        "ann@desk",
                        (url, mayCreate) -> {
                            created = mayCreate;
                            return connector.open(url, mayCreate);
                        }),
                args);
        written = out.toByteArray();
        return new Ran(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Lends the broker; once its dead letters have been counted, something else happens to it. */
    World.Connector afterCount(Runnable next) {
        DeadLetters letters = broker.extension(DeadLetters.class).orElseThrow();
        DeadLetters counted = proxy(DeadLetters.class, letters, (method, answer) -> {
            if (method.equals("count")) {
                next.run();
            }
            return answer;
        });
        Broker watched = proxy(
                Broker.class,
                broker,
                (method, answer) -> answer.equals(Optional.of(letters)) ? Optional.of(counted) : answer);
        return (url, mayCreate) -> new Lent(watched);
    }

    private static <T> T proxy(Class<T> port, T real, BiFunction<String, Object, Object> after) {
        return port.cast(Proxy.newProxyInstance(
                port.getClassLoader(),
                new Class<?>[] {port},
                (self, method, arguments) -> after.apply(method.getName(), method.invoke(real, arguments))));
    }

    private record Lent(Broker broker) implements World.Connection {
        @Override
        public void close() {}
    }

    static BrokerUrl url(String text) {
        return BrokerUrl.parse(text);
    }

    void enqueue(String id) {
        enqueue(id, "mail.confirm", "mail", "{\"order\":\"" + id + "\"}");
    }

    void enqueue(String id, String type, String queue, String json) {
        enqueue(envelope(id, type, queue, new Payload(json.getBytes(StandardCharsets.UTF_8), "application/json", 1)));
    }

    void enqueue(Envelope task) {
        broker.enqueue(List.of(task));
    }

    Envelope envelope(String id, String type, String queue, Payload payload) {
        return Envelope.of(
                TaskId.of(id),
                type,
                payload,
                queue,
                time.now(),
                new Policy(25, Duration.ofMinutes(30), Duration.ZERO, Set.of()));
    }

    Intake worker(String name, String queue, String... types) {
        return worker(name, Map.of(queue, 1), false, 4, types);
    }

    Intake worker(String name, Map<String, Integer> queues, boolean strict, int concurrency, String... types) {
        return broker.open(
                new WorkerSpec(
                        name + "-1",
                        name,
                        "desk",
                        4242,
                        time.now(),
                        queues,
                        strict,
                        concurrency,
                        Set.of(types),
                        Duration.ofMinutes(30),
                        Duration.ofSeconds(30)),
                new Signals() {
                    @Override
                    public void lost(Lease lease) {}

                    @Override
                    public void cancel(TaskId task) {}

                    @Override
                    public void dueChanged() {}
                });
    }

    static Delivery take(Intake intake, String queue) {
        return intake.take(
                        new TakeRequest(List.of(new TakeRequest.Demand(queue, 1)), 1, Map.of(), Duration.ofSeconds(20)))
                .getFirst();
    }

    /** Takes the next task and has it die. */
    void kill(Intake intake, String queue, DeadCause cause, String reason) {
        Delivery taken = take(intake, queue);
        AttemptError error = new AttemptError(
                time.now(),
                1,
                "java.io.IOException",
                reason,
                "java.io.IOException: " + reason + "\n\tat Mailer.send(Mailer.java:7)",
                "w-1");
        intake.settle(List.of(new Outcome(
                taken.lease(),
                taken.envelope().withHistory(taken.envelope().history().failed(error)),
                new Outcome.Verdict.Dead(cause, reason))));
    }

    void retryLater(Intake intake, String queue, String message, Duration delay) {
        Delivery taken = take(intake, queue);
        AttemptError error = new AttemptError(time.now(), 1, "java.io.IOException", message, "", "w-1");
        intake.settle(List.of(new Outcome(
                taken.lease(),
                taken.envelope().withHistory(taken.envelope().history().failed(error)),
                new Outcome.Verdict.Retry(delay))));
    }

    @Override
    public void close() {
        broker.close();
    }
}
