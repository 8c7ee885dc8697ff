package dev.errand.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.BrokerUnavailableException;
import dev.errand.Errand;
import dev.errand.TaskType;
import dev.errand.broker.Broker;
import dev.errand.broker.Envelope;
import dev.errand.broker.Intake;
import dev.errand.broker.Profile;
import dev.errand.broker.QueueStats;
import dev.errand.broker.Receipt;
import dev.errand.broker.Signals;
import dev.errand.broker.WorkerSpec;
import dev.errand.memory.MemoryBroker;
import dev.errand.time.ManualTime;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Queues are asked for in the background, and what is not known is not told. Under a clock that only the test moves. */
class QueuePollTest {
    private static final TaskType<String> WORK =
            TaskType.of("work", String.class).queue("line");

    private final ManualTime time = new ManualTime(Instant.parse("2026-01-01T00:00:00Z"));
    private final Asked broker = new Asked(new MemoryBroker(time, new Random(1), 1_000));
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Errand errand =
            Errand.over(broker, c -> c.time(time).listener(ErrandMetrics.in(registry, o -> o.time(time))));

    /** A real broker that can be kept from saying what is in its queues. */
    private static final class Asked implements Broker {
        final Broker real;
        final AtomicInteger questions = new AtomicInteger();
        volatile boolean away;
        volatile CountDownLatch gate = new CountDownLatch(0);

        Asked(Broker real) {
            this.real = real;
        }

        @Override
        public Profile profile() {
            return real.profile();
        }

        @Override
        public List<Receipt> enqueue(List<Envelope> tasks) {
            return real.enqueue(tasks);
        }

        @Override
        public Intake open(WorkerSpec spec, Signals signals) {
            return real.open(spec, signals);
        }

        @Override
        public <T> Optional<T> extension(Class<T> port) {
            Optional<T> part = real.extension(port);
            if (!port.equals(QueueStats.class)) {
                return part;
            }
            return part.map(stats -> port.cast(Proxy.newProxyInstance(
                    port.getClassLoader(), new Class<?>[] {port}, (proxy, method, arguments) -> {
                        if (method.getName().equals("queues")) {
                            questions.incrementAndGet();
                            gate.await();
                        }
                        if (away) {
                            throw new BrokerUnavailableException("away");
                        }
                        try {
                            return method.invoke(stats, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    })));
        }

        @Override
        public void close() {
            real.close();
        }
    }

    @AfterEach
    void close() {
        broker.gate.countDown();
        errand.close();
        broker.close();
    }

    private double gauge(String name, String... tags) {
        var gauge = registry.find(name).tags(tags).gauge();
        return gauge == null ? Double.NaN : gauge.value();
    }

    /** Its meters come one after the other, on the poll's thread. */
    private void awaitGauge(double value, String name, String... tags) {
        pass(name + " is " + value, () -> gauge(name, tags) == value);
    }

    private void pass(String what, BooleanSupplier condition) {
        Eventually.doing(what, condition, () -> {
            if (time.pendingTimers() > 0) {
                time.advance(Duration.ofSeconds(1));
            }
        });
    }

    @Test
    void depthAgeAndStatesFollowTheBroker() {
        errand.enqueue(WORK, "a");
        errand.enqueue(WORK, "b");
        errand.enqueue(WORK, "later", o -> o.delay(Duration.ofDays(300)));
        awaitGauge(2, "errand.queue.depth", "queue", "line");
        awaitGauge(2, "errand.queue.tasks", "queue", "line", "state", "pending");
        awaitGauge(1, "errand.queue.tasks", "queue", "line", "state", "scheduled");
        awaitGauge(0, "errand.queue.tasks", "queue", "line", "state", "dead");
        awaitGauge(1, "errand.broker.up");
        awaitGauge(0, "errand.queue.paused", "queue", "line");
        errand.queues().pause("line");
        awaitGauge(1, "errand.queue.paused", "queue", "line");
        double age = gauge("errand.queue.oldest.age", "queue", "line");
        time.advance(Duration.ofSeconds(3));
        assertThat(gauge("errand.queue.oldest.age", "queue", "line")).isEqualTo(age + 3);
    }

    @Test
    void afterAFailureNothingIsToldUntilTheBrokerAnswersAgain() {
        errand.enqueue(WORK, "a");
        awaitGauge(1, "errand.queue.tasks", "queue", "line", "state", "pending");
        broker.away = true;
        pass("it is not told any more", () -> Double.isNaN(gauge("errand.queue.depth", "queue", "line")));
        assertThat(gauge("errand.broker.up")).isZero();
        assertThat(gauge("errand.queue.oldest.age", "queue", "line")).isNaN();
        assertThat(gauge("errand.queue.tasks", "queue", "line", "state", "pending"))
                .isNaN();
        broker.away = false;
        pass("it is told again", () -> gauge("errand.queue.depth", "queue", "line") == 1);
        assertThat(gauge("errand.broker.up")).isOne();
    }

    @Test
    void anAnswerThatAlwaysTakesLongIsNotOverdueMeanwhile() {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(1);
        broker.gate = first;
        int before = broker.questions.get();
        pass("it is asked", () -> broker.questions.get() > before);
        time.advance(Duration.ofSeconds(20));
        broker.gate = second;
        first.countDown();
        pass("it is asked again", () -> broker.questions.get() > before + 1);
        time.advance(Duration.ofSeconds(20));
        assertThat(gauge("errand.broker.up")).isOne();
        time.advance(Duration.ofSeconds(15));
        assertThat(gauge("errand.broker.up")).as("it is overdue").isZero();
        second.countDown();
        pass("it has answered", () -> gauge("errand.broker.up") == 1);
    }

    @Test
    void aBrokerThatDoesNotAnswerIsAskedOnceAndTheOldAnswerExpires() {
        errand.enqueue(WORK, "a");
        awaitGauge(1, "errand.queue.tasks", "queue", "line", "state", "pending");
        broker.gate = new CountDownLatch(1);
        int before = broker.questions.get();
        pass("it is asked", () -> broker.questions.get() > before);
        time.advance(Duration.ofMinutes(5));
        assertThat(gauge("errand.queue.depth", "queue", "line")).isNaN();
        assertThat(gauge("errand.broker.up")).isZero();
        assertThat(broker.questions.get()).isEqualTo(before + 1);
        broker.gate.countDown();
        pass("it is told again", () -> gauge("errand.queue.depth", "queue", "line") == 1);
    }
}
