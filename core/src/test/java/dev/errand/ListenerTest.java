package dev.errand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Listeners hear everything that they have time for, and are in nobody's way. */
class ListenerTest {
    private static final TaskType<String> WORK = TaskType.of("work", String.class)
            .retry(Retry.fixed(Duration.ofMillis(1)).jitter(0).maxAttempts(2));

    private static final class Recorder implements Listener {
        final List<Notice> heard = new CopyOnWriteArrayList<>();
        final CountDownLatch closed = new CountDownLatch(1);
        volatile Errand errand;

        @Override
        public void on(Notice notice) {
            heard.add(notice);
        }

        @Override
        public void connected(Errand client) {
            errand = client;
        }

        @Override
        public void closed() {
            closed.countDown();
        }

        <N extends Notice> List<N> of(Class<N> kind) {
            return heard.stream().filter(kind::isInstance).map(kind::cast).toList();
        }
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void allOfATasksWayIsHeardByTheEndOfClose() throws Exception {
        Recorder recorder = new Recorder();
        CountDownLatch done = new CountDownLatch(2);
        IllegalStateException failure = new IllegalStateException("not the first time");
        TaskId id;
        String workerId;
        try (Errand errand = Errand.connect("memory:", c -> c.listener(recorder))) {
            assertThat(recorder.errand).isSameAs(errand);
            id = errand.enqueue(WORK, "x").id();
            try (Worker worker = errand.worker()
                    .handle(WORK, (payload, task) -> {
                        done.countDown();
                        if (task.attempt() == 1) {
                            throw failure;
                        }
                    })
                    .start()) {
                workerId = worker.id();
                assertThat(errand.ownWorkers()).containsExactly(worker);
                await(done);
            }
            assertThat(errand.ownWorkers()).isEmpty();
            assertThat(errand.listenersMissed()).isZero();
        }
        await(recorder.closed);
        assertThat(recorder.of(Notice.Enqueued.class))
                .containsExactly(new Notice.Enqueued("work", "default", 1, 0, 0, 0));
        assertThat(recorder.of(Notice.WorkerStarted.class)).containsExactly(new Notice.WorkerStarted(workerId));
        assertThat(recorder.of(Notice.WorkerStopped.class)).containsExactly(new Notice.WorkerStopped(workerId));
        assertThat(recorder.of(Notice.Started.class))
                .extracting(Notice.Started::run)
                .containsExactly(
                        new Notice.Run(id, "work", "default", 1, workerId),
                        new Notice.Run(id, "work", "default", 2, workerId));
        assertThat(recorder.of(Notice.Started.class)).allMatch(s -> !s.waited().isNegative());
        List<Notice.Ended> ends = recorder.of(Notice.Ended.class);
        assertThat(ends).extracting(Notice.Ended::end).containsExactly(Notice.End.RETRY, Notice.End.COMPLETED);
        assertThat(ends.getFirst().failure()).isSameAs(failure);
        assertThat(ends.getFirst().next()).isEqualTo(Duration.ofMillis(1));
        assertThat(ends).allMatch(e -> e.took() != null && !e.took().isNegative());
        assertThat(recorder.of(Notice.BrokerCall.class))
                .extracting(Notice.BrokerCall::call)
                .contains(Notice.Call.ENQUEUE, Notice.Call.TAKE, Notice.Call.SETTLE, Notice.Call.RENEW);
        assertThat(recorder.of(Notice.BrokerCall.class)).allMatch(c -> c.error() == null);
    }

    @Test
    void aWorkersListenerHearsOfThatWorkerOnly() throws Exception {
        Recorder one = new Recorder();
        Recorder all = new Recorder();
        CountDownLatch done = new CountDownLatch(2);
        TaskType<String> other = TaskType.of("other", String.class).queue("other");
        try (Errand errand = Errand.connect("memory:", c -> c.listener(all))) {
            try (Worker first = errand.worker()
                            .listener(one)
                            .handle(WORK, (p, t) -> done.countDown())
                            .start();
                    Worker second = errand.worker()
                            .handle(other, (p, t) -> done.countDown())
                            .start()) {
                errand.enqueue(WORK, "x");
                errand.enqueue(other, "y");
                await(done);
                assertThat(first.id()).isNotEqualTo(second.id());
            }
            await(one.closed);
            assertThat(one.of(Notice.Ended.class))
                    .extracting(e -> e.run().type())
                    .containsExactly("work");
            assertThat(one.of(Notice.Enqueued.class)).isEmpty();
            assertThat(one.errand).isNull();
        }
        assertThat(all.of(Notice.Ended.class))
                .extracting(e -> e.run().type())
                .containsExactlyInAnyOrder("work", "other");
    }

    @Test
    void oneThatThrowsGoesOnHearing() throws Exception {
        AtomicInteger heard = new AtomicInteger();
        Recorder recorder = new Recorder();
        try (Errand errand = Errand.connect(
                "memory:",
                c -> c.listener(notice -> {
                            heard.incrementAndGet();
                            throw new AssertionError("a bad listener");
                        })
                        .listener(recorder))) {
            for (int i = 0; i < 5; i++) {
                errand.enqueue(WORK, "x");
            }
        }
        assertThat(recorder.of(Notice.Enqueued.class)).hasSize(5);
        assertThat(heard.get()).isEqualTo(recorder.heard.size());
    }

    @Test
    void oneThatBlocksMissesItsOwnNoticesAndHoldsUpNeitherTasksNorOthersNorTheEnd() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        Listener stuck = notice -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        };
        AtomicInteger ends = new AtomicInteger();
        Semaphore heard = new Semaphore(0);
        Listener awake = notice -> {
            if (notice instanceof Notice.Ended) {
                ends.incrementAndGet();
                heard.release();
            }
        };
        TaskType<byte[]> quick = TaskType.of("quick", byte[].class);
        Errand errand = Errand.connect("memory:", c -> c.listener(stuck).listener(awake));
        try (Worker worker = errand.worker().handle(quick, (p, task) -> {}).start()) {
            // Two notices for each task: in the end more than a buffer holds, but never many that were not heard.
            for (int wave = 0; wave < 70; wave++) {
                errand.enqueueAll(quick, Collections.nCopies(1_000, new byte[1]));
                assertThat(heard.tryAcquire(1_000, 60, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(worker.health().state()).isEqualTo(Health.State.RUNNING);
        }
        assertThat(errand.listenersMissed()).isPositive();
        errand.close();
        await(interrupted);
        assertThat(ends.get()).isEqualTo(70_000);
    }

    @Test
    void oneThatRefusesTheClientKeepsItFromConnecting() {
        Listener choosy = new Listener() {
            @Override
            public void on(Notice notice) {}

            @Override
            public void connected(Errand errand) {
                throw new ConfigurationException("not with me");
            }
        };
        assertThatThrownBy(() -> Errand.connect("memory:", c -> c.listener(choosy)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("not with me");
    }

    @Test
    void bulkIsToldByTypeAndQueue() throws Exception {
        Recorder recorder = new Recorder();
        AtomicInteger number = new AtomicInteger();
        TaskId known = TaskId.of("known");
        try (Errand errand = Errand.connect("memory:", c -> c.listener(recorder))) {
            errand.enqueueAll(
                    WORK, List.of("a", "b", "c"), o -> o.queue(number.getAndIncrement() == 1 ? "other" : "default"));
            errand.enqueue(WORK, "d", o -> o.id(known).queue("third"));
            errand.enqueueAll(WORK, List.of("e"), o -> o.id(known));
        }
        await(recorder.closed);
        assertThat(recorder.of(Notice.Enqueued.class))
                .containsExactly(
                        new Notice.Enqueued("work", "default", 2, 0, 0, 0),
                        new Notice.Enqueued("work", "other", 1, 0, 0, 0),
                        new Notice.Enqueued("work", "third", 1, 0, 0, 0),
                        new Notice.Enqueued("work", "default", 0, 1, 0, 0));
    }
}
