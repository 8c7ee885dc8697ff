package dev.errand.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.StorageException;
import dev.errand.TaskId;
import dev.errand.broker.Broker;
import dev.errand.broker.Envelope;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.Receipt;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class EnqueuerTest {
    private final List<List<String>> calls = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch go = new CountDownLatch(1);

    /** The first call waits, so that the next callers share a batch. */
    private Enqueuer onto(Function<List<String>, List<Receipt>> storage) {
        return onto(false, storage);
    }

    @SuppressWarnings("unchecked") // the one other method that is called takes a list of envelopes
    private Enqueuer onto(boolean gathers, Function<List<String>, List<Receipt>> storage) {
        Broker broker = (Broker) Proxy.newProxyInstance(
                Broker.class.getClassLoader(), new Class<?>[] {Broker.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("gathersEnqueues")) {
                        return gathers;
                    }
                    List<String> ids = ((List<Envelope>) arguments[0])
                            .stream().map(task -> task.id().value()).toList();
                    calls.add(ids);
                    if (ids.contains("first")) {
                        go.await();
                    }
                    return storage.apply(ids);
                });
        return new Enqueuer(broker, null);
    }

    private static List<Receipt> stored(List<String> ids) {
        return Collections.nCopies(ids.size(), new Receipt.Stored());
    }

    private static Envelope task(String id) {
        Policy policy = new Policy(1, Duration.ofSeconds(1), Duration.ZERO, Set.of());
        return Envelope.of(new TaskId(id), "type", Payload.EMPTY, "queue", Instant.EPOCH, policy);
    }

    private List<Receipt> receiptsOfOneBatch(Enqueuer enqueuer, String... ids) throws InterruptedException {
        Thread first = Thread.ofPlatform().start(() -> enqueuer.enqueue(task("first")));
        while (calls.isEmpty()) {
            Thread.onSpinWait();
        }
        List<Thread> threads = new ArrayList<>();
        List<Receipt> receipts = new ArrayList<>(Collections.nCopies(ids.length, new Receipt.Stored()));
        for (int i = 0; i < ids.length; i++) {
            int at = i;
            Thread caller = Thread.ofPlatform().start(() -> receipts.set(at, enqueuer.enqueue(task(ids[at]))));
            threads.add(caller);
            while (caller.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
        }
        go.countDown();
        first.join();
        for (Thread thread : threads) {
            thread.join();
        }
        return receipts;
    }

    @Test
    void whatTheStorageChokesOnFailsAlone() throws Exception {
        Enqueuer enqueuer = onto(ids -> {
            if (ids.contains("bad")) {
                throw new StorageException("cannot store this");
            }
            return stored(ids);
        });
        List<Receipt> receipts = receiptsOfOneBatch(enqueuer, "a", "bad", "b");
        assertThat(receipts.get(0)).isInstanceOf(Receipt.Stored.class);
        assertThat(receipts.get(1)).isInstanceOf(Receipt.Refused.class);
        assertThat(receipts.get(2)).isInstanceOf(Receipt.Stored.class);
        assertThat(calls.get(1)).containsExactly("a", "bad", "b");
    }

    @Test
    void aStorageThatRefusesEverythingIsNotAskedForEachTask() throws Exception {
        Enqueuer enqueuer = onto(ids -> {
            if (ids.contains("first")) {
                return stored(ids);
            }
            throw new StorageException("full");
        });
        List<Receipt> receipts = receiptsOfOneBatch(enqueuer, "a", "b", "c", "d", "e", "f");
        assertThat(receipts).allSatisfy(r -> assertThat(r).isInstanceOf(Receipt.Refused.class));
        assertThat(calls).hasSize(1 + 1 + 3);
    }

    @Test
    void aSingleCallerGetsTheExceptionItself() {
        Enqueuer enqueuer = onto(ids -> {
            throw new StorageException("full");
        });
        assertThatThrownBy(() -> enqueuer.enqueue(task("alone"))).isInstanceOf(StorageException.class);
    }

    @Test
    void aBrokerThatGathersGetsEachTaskAtOnce() throws Exception {
        Enqueuer enqueuer = onto(true, EnqueuerTest::stored);
        Thread first = Thread.ofPlatform().start(() -> enqueuer.enqueue(task("first")));
        while (calls.isEmpty()) {
            Thread.onSpinWait();
        }
        assertThat(enqueuer.enqueue(task("second"))).isInstanceOf(Receipt.Stored.class);
        assertThat(calls).containsExactly(List.of("first"), List.of("second"));
        go.countDown();
        first.join();
    }
}
