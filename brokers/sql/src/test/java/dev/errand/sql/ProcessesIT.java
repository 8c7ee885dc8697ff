package dev.errand.sql;

import static dev.errand.sql.Fixtures.open;
import static dev.errand.sql.Fixtures.take;
import static dev.errand.sql.Fixtures.task;
import static dev.errand.sql.Fixtures.upTo;
import static dev.errand.sql.Fixtures.worker;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.BrokerUnavailableException;
import dev.errand.TaskId;
import dev.errand.broker.Delivery;
import dev.errand.broker.Intake;
import dev.errand.broker.QueueStats;
import dev.errand.broker.Receipt;
import dev.errand.broker.TaskStore;
import dev.errand.broker.Upkeep;
import dev.errand.broker.WorkerRegistry;
import dev.errand.time.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several processes on one file, some of them killed or stopped. */
@Timeout(90)
class ProcessesIT {
    @TempDir
    Path dir;

    @Test
    void aKilledWorkersTasksAreBackAtOnce() throws Exception {
        try (SqlBroker broker = open(file());
                Peer peer = Peer.start(file())) {
            broker.enqueue(List.of(task("a"), task("b")));
            assertThat(peer.ask("work other")).isEqualTo("working");
            assertThat(peer.ask("take 2")).isEqualTo("took 2");
            Upkeep upkeep = broker.extension(Upkeep.class).orElseThrow();
            assertThat(upkeep.recover(10)).isZero();
            peer.signal("KILL");
            assertThat(upkeep.recover(10)).isEqualTo(2);
            assertThat(broker.extension(WorkerRegistry.class).orElseThrow().workers())
                    .isEmpty();
            try (Intake intake = broker.open(worker("w"), new Fixtures.Told())) {
                List<Delivery> again = take(intake, 5);
                assertThat(again).extracting(d -> d.envelope().id().value()).containsExactly("a", "b");
                assertThat(again.getFirst().envelope().history().crashes()).isEqualTo(1);
                assertThat(again.getFirst()
                                .envelope()
                                .history()
                                .errors()
                                .getLast()
                                .message())
                        .isEqualTo("worker died");
            }
        }
    }

    @Test
    void aStoppedWorkerWithALiveLeaseKeepsItsTasks() throws Exception {
        try (SqlBroker broker = open(file());
                Peer peer = Peer.start(file())) {
            broker.enqueue(List.of(task("a")));
            peer.ask("work other");
            peer.ask("take 1");
            peer.signal("STOP");
            assertThat(broker.extension(Upkeep.class).orElseThrow().recover(10)).isZero();
            assertThat(broker.extension(WorkerRegistry.class).orElseThrow().workers())
                    .hasSize(1);
            peer.signal("CONT");
            assertThat(peer.ask("settle")).isEqualTo("settled");
            assertThat(broker.extension(TaskStore.class).orElseThrow().find(TaskId.of("a")))
                    .isEmpty();
        }
    }

    @Test
    void aWriterStoppedInItsWriteCostsTheOthersABoundedWait() throws Exception {
        try (SqlBroker broker = open(file(), Time.system(), "?lock-wait=700ms");
                Peer peer = Peer.start(file())) {
            assertThat(peer.ask("write-for-ever")).isEqualTo("writing");
            peer.signal("STOP");
            for (int i = 0; i < 2; i++) {
                long began = System.nanoTime();
                assertThatThrownBy(() -> broker.enqueue(List.of(task("a"))))
                        .isInstanceOf(BrokerUnavailableException.class)
                        .hasMessageContaining(file().toRealPath().toString())
                        .hasMessageContaining("process " + peer.pid());
                assertThat(Duration.ofNanos(System.nanoTime() - began))
                        .isBetween(Duration.ofMillis(100), Duration.ofSeconds(5));
            }
            // Reading goes on meanwhile, and so does writing afterwards.
            assertThat(broker.extension(QueueStats.class).orElseThrow().depth("q"))
                    .isZero();
            peer.signal("CONT");
            assertThat(peer.ask("go on")).isEqualTo("go on");
            assertThat(broker.enqueue(List.of(task("a")))).containsExactly(new Receipt.Stored());
        }
    }

    @Test
    void aWriterKilledInItsWriteIsInNobodysWay() throws Exception {
        try (SqlBroker broker = open(file());
                Peer peer = Peer.start(file())) {
            assertThat(peer.ask("write-for-ever")).isEqualTo("writing");
            CompletableFuture<List<Receipt>> waiting =
                    CompletableFuture.supplyAsync(() -> broker.enqueue(List.of(task("a"))));
            peer.signal("KILL");
            assertThat(waiting.get(5, TimeUnit.SECONDS)).containsExactly(new Receipt.Stored());
        }
    }

    @Test
    void processesWakeEachOther() throws Exception {
        try (SqlBroker broker = open(file());
                Peer peer = Peer.start(file());
                Intake intake = broker.open(worker("w"), new Fixtures.Told())) {
            CompletableFuture<List<Delivery>> taken =
                    CompletableFuture.supplyAsync(() -> intake.take(upTo(5, Duration.ofSeconds(30))));
            while (broker.takers().isEmpty()) {
                Thread.onSpinWait();
            }
            assertThat(peer.ask("enqueue x")).startsWith("Stored");
            List<Delivery> deliveries = taken.get(5, TimeUnit.SECONDS);
            assertThat(deliveries).hasSize(1);
            assertThat(peer.ask("await x")).isEqualTo("awaiting");
            intake.settle(List.of(Fixtures.completed(deliveries.getFirst())));
            assertThat(peer.answer()).isEqualTo("gone");
        }
    }

    @Test
    void whatAKilledProcessLeavesBehindIsClearedAway() throws Exception {
        try (SqlBroker broker = open(file())) {
            try (Peer peer = Peer.start(file())) {
                peer.ask("work other");
                assertThat(sockets()).hasSize(1);
                peer.signal("KILL");
            }
            try (Intake intake = broker.open(worker("w"), new Fixtures.Told())) {
                assertThat(sockets()).hasSize(1);
                assertThat(intake.renew(List.of())).isEmpty();
            }
        }
        assertThat(sockets()).isEmpty();
    }

    @Test
    void aKilledProcessLosesNothingThatWasAcknowledged() throws Exception {
        try (Peer peer = Peer.start(file())) {
            for (int i = 0; i < 50; i++) {
                assertThat(peer.ask("enqueue t" + i)).startsWith("Stored");
            }
            peer.signal("KILL");
        }
        try (SqlBroker broker = open(file())) {
            assertThat(broker.extension(QueueStats.class).orElseThrow().depth("q"))
                    .isEqualTo(50);
        }
    }

    private Path file() {
        return dir.resolve("e.db");
    }

    private List<Path> sockets() throws IOException {
        try (var files = Files.list(dir)) {
            return files.filter(path -> path.toString().contains(Listeners.INFIX))
                    .toList();
        }
    }
}
