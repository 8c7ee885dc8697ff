package dev.errand.sql;

import static dev.errand.sql.Fixtures.open;
import static dev.errand.sql.Fixtures.take;
import static dev.errand.sql.Fixtures.task;
import static dev.errand.sql.Fixtures.worker;
import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.TaskId;
import dev.errand.broker.Envelope;
import dev.errand.broker.Intake;
import dev.errand.broker.Payload;
import dev.errand.broker.Receipt;
import dev.errand.broker.TaskStore;
import dev.errand.time.ManualTime;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That tasks which are stored by statements of many rows get the answers and places that they would get one by one. */
class NewRowsTest {
    private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");

    @TempDir
    Path dir;

    private SqlBroker broker;
    private TaskStore store;

    @BeforeEach
    void start() {
        broker = open(dir.resolve("e.db"), new ManualTime(START), "");
        store = broker.extension(TaskStore.class).orElseThrow();
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private static Envelope carrying(String id, String payload) {
        return task(id).withPayload(new Payload(payload.getBytes(StandardCharsets.UTF_8), "text/plain", 3));
    }

    private String stored(String id) {
        byte[] bytes =
                store.find(TaskId.of(id)).orElseThrow().envelope().payload().bytes();
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private List<String> taken(int max) {
        try (Intake intake = broker.open(worker("w"), new Fixtures.Told())) {
            return take(intake, max).stream()
                    .map(delivery -> delivery.lease().task().value())
                    .toList();
        }
    }

    @Test
    void everyRowOfManyIsItsOwnTask() {
        List<Envelope> tasks = IntStream.range(0, 255)
                .mapToObj(i -> carrying("t" + i, "p" + i))
                .toList();

        assertThat(broker.enqueue(tasks)).hasSize(255).allMatch(Receipt.Stored.class::isInstance);

        for (Envelope each : tasks) {
            assertThat(store.find(each.id()).orElseThrow().envelope()).isEqualTo(each);
        }
        assertThat(taken(300))
                .isEqualTo(tasks.stream().map(each -> each.id().value()).toList());
    }

    @Test
    void kindsAreStoredApartAndTakenInTheOrderOfTheCall() {
        List<Envelope> tasks = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Envelope plain = carrying("t" + i, "p" + i);
            tasks.add(
                    switch (i % 4) {
                        case 0 -> plain;
                        case 1 -> plain.withHeaders(Map.of("number", "" + i));
                        case 2 -> plain.withPayload(new Payload(new byte[3_000], "application/octet-stream", 1));
                        default -> plain.withPayload(Payload.EMPTY);
                    });
        }

        assertThat(broker.enqueue(tasks)).allMatch(Receipt.Stored.class::isInstance);

        for (Envelope each : tasks) {
            assertThat(store.find(each.id()).orElseThrow().envelope()).isEqualTo(each);
        }
        assertThat(taken(20))
                .isEqualTo(tasks.stream().map(each -> each.id().value()).toList());
    }

    @Test
    void oneIdThatIsTakenHurtsNoOtherRow() {
        broker.enqueue(List.of(carrying("t5", "another's")));

        List<Receipt> receipts = broker.enqueue(
                IntStream.range(0, 16).mapToObj(i -> carrying("t" + i, "p" + i)).toList());

        for (int i = 0; i < 16; i++) {
            assertThat(receipts.get(i))
                    .isEqualTo(i == 5 ? new Receipt.Duplicate(TaskId.of("t5")) : new Receipt.Stored());
            assertThat(stored("t" + i)).isEqualTo(i == 5 ? "another's" : "p" + i);
        }
    }

    @Test
    void aRepeatedCallIsAnsweredAsStored() {
        List<Envelope> tasks =
                IntStream.range(0, 10).mapToObj(i -> carrying("t" + i, "p" + i)).toList();
        broker.enqueue(tasks.subList(2, 5));

        assertThat(broker.enqueue(tasks)).hasSize(10).allMatch(Receipt.Stored.class::isInstance);
        assertThat(taken(20)).hasSize(10).doesNotHaveDuplicates();
    }

    @Test
    void ofTwoWithOneIdInACallTheFirstIsStored() {
        Envelope other = carrying("same", "first").withPriority(7); // a statement of its own

        List<Receipt> receipts = broker.enqueue(
                List.of(carrying("before", "x"), other, carrying("same", "second"), carrying("after", "y")));

        assertThat(receipts)
                .containsExactly(
                        new Receipt.Stored(),
                        new Receipt.Stored(),
                        new Receipt.Duplicate(TaskId.of("same")),
                        new Receipt.Stored());
        assertThat(stored("same")).isEqualTo("first");
        assertThat(stored("after")).isEqualTo("y");
    }
}
