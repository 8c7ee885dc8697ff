package dev.errand.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Whoever closes the side file in a worker's process frees its byte; others take the worker for dead once, not for ever. */
@EnabledOnOs(OS.LINUX)
class LostByteTest {
    private static final int FIRST_BYTE = 4096;

    @TempDir
    Path dir;

    private boolean isLocked(long slot) throws Exception {
        return ByteProbe.isLocked(dir.resolve("e.db-alive"), FIRST_BYTE + slot);
    }

    @Test
    void theHeartbeatTakesItAgain() throws Exception {
        Path file = dir.resolve("e.db");
        long slot;
        try (SqlBroker broker = Fixtures.open(file);
                SqlIntake worker = (SqlIntake) broker.open(Fixtures.worker("w"), new Fixtures.Told())) {
            slot = worker.slot();
            assertThat(isLocked(slot)).isTrue();
            Files.readAllBytes(dir.resolve("e.db-alive"));
            assertThat(isLocked(slot)).as("freed by the close").isFalse();
            worker.renew(List.of());
            // What another process does that finds the byte free.
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                    Statement statement = connection.createStatement()) {
                assertThat(statement.executeUpdate("DELETE FROM worker")).isEqualTo(1);
            }
            worker.renew(List.of());
            assertThat(isLocked(slot)).isTrue();
            assertThat(broker.readers().read(Workers::all)).hasSize(1);
        }
        assertThat(isLocked(slot)).as("given back at the end").isFalse();
    }
}
