package dev.errand.sql;

import static dev.errand.sql.Fixtures.open;
import static dev.errand.sql.Fixtures.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.BrokerClosedException;
import dev.errand.BrokerUnavailableException;
import dev.errand.StorageException;
import dev.errand.broker.QueueStats;
import dev.errand.broker.Receipt;
import dev.errand.time.Time;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriterTest {
    @TempDir
    Path dir;

    @Test
    void callersShareACommitAndAPoisonedCallFailsAlone() throws Exception {
        try (SqlBroker broker = open(dir.resolve("e.db"))) {
            CountDownLatch started = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            Call<Boolean> first = new Call<>(1, tx -> {
                started.countDown();
                Threads.await(go);
                return true;
            });
            broker.writer().submit(first);
            started.await();
            Set<Transaction> transactions = new HashSet<>();
            List<Call<List<Receipt>>> calls = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                int n = i;
                Call<List<Receipt>> call = new Call<>(1, tx -> {
                    transactions.add(tx);
                    List<Receipt> stored = enqueueing().enqueue(tx, List.of(task("t" + n)));
                    if (n == 37) {
                        throw new SQLException("poison");
                    }
                    return stored;
                });
                calls.add(call);
                broker.writer().submit(call);
            }
            go.countDown();
            for (int i = 0; i < 100; i++) {
                Call<List<Receipt>> call = calls.get(i);
                if (i == 37) {
                    assertThatThrownBy(call::await)
                            .isInstanceOf(StorageException.class)
                            .hasMessageContaining("poison");
                } else {
                    assertThat(call.await()).containsExactly(new Receipt.Stored());
                }
            }
            assertThat(transactions).hasSizeLessThan(20);
            assertThat(broker.extension(QueueStats.class).orElseThrow().depth("q"))
                    .isEqualTo(99);
        }
    }

    @Test
    void anErrorInTheWorkIsItsCallersOwn() {
        try (SqlBroker broker = open(dir.resolve("e.db"))) {
            assertThatThrownBy(() -> broker.writer().call(1, tx -> {
                        throw new IllegalStateException("broken");
                    }))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("broken");
            assertThat(broker.enqueue(List.of(task("a")))).containsExactly(new Receipt.Stored());
        }
    }

    @Test
    void anotherProgramsTransactionIsWaitedForWithinBounds() throws Exception {
        Path file = dir.resolve("e.db");
        try (SqlBroker broker = open(file, Time.system(), "?lock-wait=300ms");
                Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement run = other.createStatement()) {
            run.execute("BEGIN IMMEDIATE");
            assertThatThrownBy(() -> broker.enqueue(List.of(task("a"))))
                    .isInstanceOf(BrokerUnavailableException.class)
                    .hasMessageContaining("locked by another program");
            run.execute("ROLLBACK");
            assertThat(broker.enqueue(List.of(task("a")))).containsExactly(new Receipt.Stored());
        }
    }

    @Test
    void anInterruptNeitherCutsAWriteShortNorIsLost() {
        try (SqlBroker broker = open(dir.resolve("e.db"))) {
            Thread.currentThread().interrupt();
            assertThat(broker.enqueue(List.of(task("a")))).containsExactly(new Receipt.Stored());
            assertThat(Thread.interrupted()).isTrue();
            assertThat(broker.enqueue(List.of(task("b")))).containsExactly(new Receipt.Stored());
        }
    }

    @Test
    void opensAndClosesOnAnInterruptedThread() {
        Thread.currentThread().interrupt();
        SqlBroker broker = open(dir.resolve("e.db"));
        broker.close();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void afterCloseEveryCallSaysSo() {
        SqlBroker broker = open(dir.resolve("e.db"));
        broker.close();
        broker.close();
        assertThatThrownBy(() -> broker.enqueue(List.of(task("a")))).isInstanceOf(BrokerClosedException.class);
        assertThatThrownBy(
                        () -> broker.extension(QueueStats.class).orElseThrow().queues())
                .isInstanceOf(BrokerClosedException.class);
    }

    private static Enqueueing enqueueing() {
        Queues queues = new Queues();
        return new Enqueueing(queues, new Debouncing(new Rewriting(queues)));
    }
}
