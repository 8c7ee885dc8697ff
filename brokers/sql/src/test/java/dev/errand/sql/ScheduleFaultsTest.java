package dev.errand.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.broker.Payload;
import dev.errand.broker.ScheduleStore;
import dev.errand.broker.ScheduleStore.Advance;
import dev.errand.broker.ScheduleStore.Advanced;
import dev.errand.broker.ScheduleStore.Stored;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A schedule that cannot be read or fired hurts no other. */
class ScheduleFaultsTest {
    private static final Instant DUE = Instant.ofEpochMilli(1_000);

    @TempDir
    Path dir;

    private static Stored schedule(String name) {
        return new Stored(name, "text", Payload.EMPTY, DUE, DUE, List.of(), false, null, null, null, 0);
    }

    private void damage(String set) throws SQLException {
        sql("UPDATE schedule SET " + set + " WHERE name = 'bad'");
    }

    private void sql(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("e.db"));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "waiting = '[1, oh'",
                "last_task = ' '",
                "definition = replace(hex(zeroblob(200000)), '00', 'xx')"
            })
    void theOthersFireAndItIsSaid(String set) throws Exception {
        try (SqlBroker broker = Fixtures.open(dir.resolve("e.db"))) {
            ScheduleStore store = broker.extension(ScheduleStore.class).orElseThrow();
            assertThat(store.put(schedule("bad"), 0)).isTrue();
            assertThat(store.put(schedule("good"), 0)).isTrue();
            damage(set);
            assertThat(store.due(DUE, 10)).extracting(Stored::name).containsExactlyInAnyOrder("bad", "good");
            assertThat(store.list()).extracting(Stored::isDamaged).containsExactly(true, false);
            Stored bad = store.find("bad").orElseThrow();
            assertThat(bad.due()).isEqualTo(DUE);
            assertThat(store.put(schedule("bad"), bad.version()))
                    .as("stored anew")
                    .isTrue();
            assertThat(store.list()).noneMatch(Stored::isDamaged);
            damage(set);
            assertThat(store.delete("bad")).isTrue();
        }
    }

    @Test
    void aNameThatIsNonePassesUnseen() throws Exception {
        try (SqlBroker broker = Fixtures.open(dir.resolve("e.db"))) {
            ScheduleStore store = broker.extension(ScheduleStore.class).orElseThrow();
            assertThat(store.put(schedule("bad"), 0)).isTrue();
            assertThat(store.put(schedule("good"), 0)).isTrue();
            damage("name = ''");
            assertThat(store.list()).extracting(Stored::name).containsExactly("good");
            assertThat(store.due(DUE, 10)).extracting(Stored::name).containsExactly("good");
        }
    }

    @Test
    void ofManyThatFireAtOnceOneThatFailsFailsAlone() throws Exception {
        try (SqlBroker broker = Fixtures.open(dir.resolve("e.db"))) {
            sql(
                    "CREATE TRIGGER no BEFORE INSERT ON task WHEN NEW.id = 't7' BEGIN SELECT RAISE(ABORT, 'not this'); END");
            ScheduleStore store = broker.extension(ScheduleStore.class).orElseThrow();
            List<Advance> steps = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                assertThat(store.put(schedule("s" + i), 0)).isTrue();
                Stored stored = store.find("s" + i).orElseThrow();
                steps.add(new Advance(stored, stored.version(), List.of(Fixtures.task("t" + i)), List.of()));
            }
            List<Advanced> answers = store.advance(steps);
            assertThat(answers.get(7)).isInstanceOf(Advanced.Failed.class);
            assertThat(answers)
                    .filteredOn(answer -> answer instanceof Advanced.Done)
                    .hasSize(19);
            assertThat(store.find("s7").orElseThrow().version())
                    .isEqualTo(steps.get(7).expected());
        }
    }
}
