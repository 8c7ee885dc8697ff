package dev.errand.sql;

import static dev.errand.sql.Fixtures.completed;
import static dev.errand.sql.Fixtures.open;
import static dev.errand.sql.Fixtures.take;
import static dev.errand.sql.Fixtures.task;
import static dev.errand.sql.Fixtures.upTo;
import static dev.errand.sql.Fixtures.worker;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.TaskId;
import dev.errand.broker.Delivery;
import dev.errand.broker.Intake;
import dev.errand.broker.Receipt;
import dev.errand.broker.TaskStore;
import dev.errand.broker.Upkeep;
import dev.errand.broker.WorkerRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two brokers on one file within one JVM, which have to share its POSIX locks. */
@Timeout(60)
class TwoBrokersTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    Path dir;

    @Test
    void bothWriteAtOnceAndNothingIsLost() throws Exception {
        Path file = dir.resolve("e.db");
        try (SqlBroker one = open(file);
                SqlBroker two = open(file);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Receipt>>> answers = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                SqlBroker broker = i % 2 == 0 ? one : two;
                String id = "t" + i;
                answers.add(callers.submit(() -> broker.enqueue(List.of(task(id)))));
            }
            for (Future<List<Receipt>> answer : answers) {
                assertThat(answer.get()).containsExactly(new Receipt.Stored());
            }
            try (Intake intake = two.open(worker("w"), new Fixtures.Told())) {
                assertThat(take(intake, 1_000)).hasSize(400);
            }
        }
    }

    @Test
    void aBlockedTakeIsWokenByTheOther() throws Exception {
        Path file = dir.resolve("e.db");
        try (SqlBroker one = open(file);
                SqlBroker two = open(file);
                Intake intake = two.open(worker("w"), new Fixtures.Told())) {
            CompletableFuture<List<Delivery>> taken = CompletableFuture.supplyAsync(() -> intake.take(upTo(5, LONG)));
            awaitParked(two);
            one.enqueue(List.of(task("a")));
            assertThat(taken.get(10, TimeUnit.SECONDS)).hasSize(1);
        }
    }

    @Test
    void anEndIsAwaitedAcross() throws Exception {
        Path file = dir.resolve("e.db");
        try (SqlBroker one = open(file);
                SqlBroker two = open(file);
                Intake intake = two.open(worker("w"), new Fixtures.Told());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            one.enqueue(List.of(task("a")));
            Delivery delivery = take(intake, 1).getFirst();
            TaskStore store = one.extension(TaskStore.class).orElseThrow();
            Future<?> ended = threads.submit(() -> store.awaitEnd(TaskId.of("a"), LONG));
            while (one.awaiters().isEmpty()) {
                Thread.onSpinWait();
            }
            intake.settle(List.of(completed(delivery)));
            assertThat(ended.get(10, TimeUnit.SECONDS)).isEqualTo(java.util.Optional.empty());
        }
    }

    @Test
    void aCancelReachesTheWorkerAndADelayItsTimekeeper() throws Exception {
        Path file = dir.resolve("e.db");
        Fixtures.Told told = new Fixtures.Told();
        try (SqlBroker one = open(file);
                SqlBroker two = open(file);
                Intake intake = two.open(worker("w"), told)) {
            one.enqueue(
                    List.of(task("a"), task("later").withNotBefore(Instant.now().plusSeconds(60))));
            assertThat(told.dueWithin(Duration.ofSeconds(10))).isTrue();
            take(intake, 1);
            one.extension(TaskStore.class).orElseThrow().cancel(TaskId.of("a"), "no", Duration.ZERO);
            assertThat(told.cancels.poll(10, TimeUnit.SECONDS)).isEqualTo(TaskId.of("a"));
        }
    }

    @Test
    void closingOneFreesNoneOfTheOthersLocks() throws Exception {
        Path file = dir.resolve("e.db");
        try (SqlBroker one = open(file);
                Intake intake = one.open(worker("w"), new Fixtures.Told())) {
            one.enqueue(List.of(task("a")));
            take(intake, 1);
            SqlBroker two = open(file);
            assertThat(two.extension(Upkeep.class).orElseThrow().recover(10)).isZero();
            two.close();
            SqlBroker three = open(file);
            assertThat(three.extension(Upkeep.class).orElseThrow().recover(10)).isZero();
            assertThat(three.extension(WorkerRegistry.class).orElseThrow().workers())
                    .singleElement()
                    .satisfies(registered -> {
                        assertThat(registered.spec()).isEqualTo(worker("w"));
                        assertThat(registered.running()).isEqualTo(1);
                    });
            three.close();
        }
    }

    @Test
    void aWorkerIsRegisteredThoughItsFirstTransactionFailed() throws Exception {
        try (SqlBroker broker = open(dir.resolve("e.db"))) {
            assertThatThrownBy(() -> broker.writer().call(1, tx -> {
                        broker.workers().join(tx, worker("v"), broker.lockFile());
                        throw new SQLException("rolled back");
                    }))
                    .hasMessageContaining("rolled back");
            try (Intake intake = broker.open(worker("u"), new Fixtures.Told())) {
                assertThat(intake.renew(List.of())).isEmpty();
                assertThat(broker.extension(WorkerRegistry.class).orElseThrow().workers())
                        .extracting(registered -> registered.spec().id())
                        .containsExactly("u");
            }
        }
    }

    @Test
    void theSameFileUnderAnotherNameIsTheSameFile() throws IOException {
        Path file = dir.resolve("e.db");
        try (SqlBroker one = open(file)) {
            Path link = Files.createSymbolicLink(dir.resolve("link.db"), file);
            int before = SharedFiles.openCount();
            try (SqlBroker two = open(link)) {
                assertThat(SharedFiles.openCount()).isEqualTo(before);
                one.enqueue(List.of(task("a")));
                assertThat(two.extension(TaskStore.class).orElseThrow().find(TaskId.of("a")))
                        .isPresent();
            }
        }
    }

    @Test
    void nothingIsLeftAfterClose() throws IOException {
        Path file = dir.resolve("e.db");
        int before = SharedFiles.openCount();
        SqlBroker one = open(file);
        SqlBroker two = open(file);
        Intake intake = two.open(worker("w"), new Fixtures.Told());
        one.enqueue(List.of(task("a")));
        assertThat(take(intake, 1)).hasSize(1);
        two.close();
        assertThat(one.extension(WorkerRegistry.class).orElseThrow().workers()).isEmpty();
        assertThat(one.extension(TaskStore.class)
                        .orElseThrow()
                        .find(TaskId.of("a"))
                        .orElseThrow()
                        .attempts())
                .isZero();
        one.close();
        assertThat(SharedFiles.openCount()).isEqualTo(before);
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("errand-sqlite"));
        try (var files = Files.list(dir)) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("e.db", "e.db-writer", "e.db-alive");
        }
    }

    private static void awaitParked(SqlBroker broker) {
        while (broker.takers().isEmpty()) {
            Thread.onSpinWait();
        }
    }
}
