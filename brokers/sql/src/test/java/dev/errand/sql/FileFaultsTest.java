package dev.errand.sql;

import static dev.errand.sql.Fixtures.open;
import static dev.errand.sql.Fixtures.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.StorageException;
import dev.errand.TaskId;
import dev.errand.broker.EventPattern;
import dev.errand.broker.Receipt;
import dev.errand.broker.Subscriptions;
import dev.errand.broker.TaskStore;
import dev.errand.time.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that cannot be used are refused with the reason, and left as they are. */
class FileFaultsTest {
    @TempDir
    Path dir;

    @Test
    void aNewFileIsItsOwnersAlone() throws IOException {
        try (SqlBroker broker = open(dir.resolve("e.db"))) {
            broker.enqueue(List.of(task("a")));
            try (var files = Files.list(dir)) {
                assertThat(files.toList())
                        .hasSizeGreaterThan(3)
                        .allSatisfy(
                                file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                                        .as(file.toString())
                                        .isEqualTo("rw-------"));
            }
        }
    }

    @Test
    void aDirectoryIsNotAFile() {
        assertThatThrownBy(() -> open(dir)).isInstanceOf(StorageException.class).hasMessageContaining("is a directory");
    }

    @Test
    void aMissingDirectoryIsNotMade() {
        Path missing = dir.resolve("missing");
        assertThatThrownBy(() -> open(missing.resolve("e.db")))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(missing.toString())
                .hasMessageContaining("make it first");
        assertThat(missing).doesNotExist();
    }

    @Test
    void anotherKindOfFileIsRefusedAndUntouched() throws IOException {
        Path file = Files.writeString(
                dir.resolve("notes.txt"), "not a database, but long enough to look like one\n".repeat(50));
        byte[] before = Files.readAllBytes(file);
        assertThatThrownBy(() -> open(file))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("is not an SQLite database");
        assertThat(file).hasBinaryContent(before);
    }

    @Test
    void anotherApplicationsDatabaseIsRefusedAndUntouched() throws Exception {
        Path file = dir.resolve("other.db");
        sql(file, "CREATE TABLE customer (id INTEGER)");
        byte[] before = Files.readAllBytes(file);
        assertThatThrownBy(() -> open(file))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("belongs to another application");
        assertThat(file).hasBinaryContent(before);
    }

    @Test
    void anEmptyFileIsANewDatabase() throws IOException {
        Path file = Files.createFile(dir.resolve("e.db"));
        try (SqlBroker broker = open(file)) {
            assertThat(broker.enqueue(List.of(task("a")))).containsExactly(new Receipt.Stored());
        }
    }

    @Test
    void aNewerVersionIsRefused() throws Exception {
        Path file = dir.resolve("e.db");
        open(file).close();
        sql(file, "INSERT INTO errand_version (version, applied) VALUES (99, 0)");
        assertThatThrownBy(() -> open(file))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("99")
                .hasMessageContaining(Integer.toString(Schema.version()))
                .hasMessageContaining("the release that wrote it");
    }

    @Test
    void aFileOfTheFirstVersionIsBroughtUpToDate() throws Exception {
        Path file = dir.resolve("e.db");
        try (SqlBroker broker = open(file)) {
            broker.enqueue(List.of(task("a")));
        }
        for (String step : List.of(
                "DROP TABLE subscription",
                "DROP TABLE subscription_pattern",
                "DELETE FROM errand_version WHERE version > 1")) {
            sql(file, step);
        }
        try (SqlBroker broker = open(file)) {
            Subscriptions events = broker.extension(Subscriptions.class).orElseThrow();
            events.subscribe("stock", Set.of(EventPattern.of("**")), Subscriptions.Start.NOW);
            assertThat(events.publish(List.of(task("e")))).containsExactly(new Receipt.Stored());
            TaskStore tasks = broker.extension(TaskStore.class).orElseThrow();
            assertThat(tasks.find(TaskId.of("e@stock"))).isPresent();
            assertThat(tasks.find(TaskId.of("a"))).isPresent();
        }
    }

    @Test
    void aDamagedFileIsRefused() throws Exception {
        Path file = dir.resolve("e.db");
        try (SqlBroker broker = open(file)) {
            for (int i = 0; i < 200; i++) {
                broker.enqueue(List.of(task("t" + i)));
            }
        }
        byte[] bytes = Files.readAllBytes(file);
        for (int page = 1; page < bytes.length / 4096; page++) {
            java.util.Arrays.fill(bytes, page * 4096, page * 4096 + 200, (byte) 0x5a);
        }
        Files.write(file, bytes);
        assertThatThrownBy(() -> open(file))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("damaged");
    }

    @Test
    void opensWhatItWroteBefore() {
        Path file = dir.resolve("e.db");
        try (SqlBroker broker = open(file)) {
            broker.enqueue(List.of(task("a")));
        }
        try (SqlBroker broker = open(file)) {
            assertThat(broker.extension(TaskStore.class).orElseThrow().find(TaskId.of("a")))
                    .isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-wal"})
    void nothingIsStoredOnceTheFileWasDeleted(String suffix) throws IOException {
        Path file = dir.resolve("e.db");
        try (SqlBroker broker = open(file)) {
            broker.enqueue(List.of(task("a")));
            Path gone = file.resolveSibling("e.db" + suffix);
            Files.move(gone, dir.resolve("elsewhere"));
            assertThatThrownBy(() -> broker.enqueue(List.of(task("b"))))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("deleted or replaced");
            assertThatThrownBy(() ->
                            broker.extension(TaskStore.class).orElseThrow().find(TaskId.of("a")))
                    .isInstanceOf(StorageException.class);
            Files.move(dir.resolve("elsewhere"), gone);
            assertThat(broker.enqueue(List.of(task("b")))).containsExactly(new Receipt.Stored());
        }
    }

    @Test
    void aFileMadeAnewIsAnother() throws IOException {
        Path file = dir.resolve("e.db");
        SqlBroker old = open(file);
        try (old) {
            old.enqueue(List.of(task("a")));
            try (var files = Files.list(dir)) {
                for (Path each : files.toList()) {
                    Files.delete(each);
                }
            }
            try (SqlBroker fresh = open(file)) {
                assertThat(fresh.enqueue(List.of(task("a")))).containsExactly(new Receipt.Stored());
                assertThatThrownBy(() -> old.enqueue(List.of(task("b"))))
                        .isInstanceOf(StorageException.class)
                        .hasMessageContaining("deleted or replaced");
            }
        }
        assertThat(SharedFiles.openCount()).isZero();
    }

    @Test
    void aFullDiskRefusesUntilThereIsRoom() {
        try (SqlBroker broker = open(dir.resolve("e.db"))) {
            broker.enqueue(List.of(task("before")));
            limitPages(broker, 40);
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 10_000; i++) {
                            broker.enqueue(List.of(task("t" + i)));
                        }
                    })
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("disk is full");
            assertThat(broker.extension(TaskStore.class).orElseThrow().find(TaskId.of("before")))
                    .isPresent();
            limitPages(broker, 1_000_000);
            assertThat(broker.enqueue(List.of(task("after")))).containsExactly(new Receipt.Stored());
        }
    }

    @Test
    void networkFileSystemsAreKnown() {
        assertThat(List.of("nfs4", "cifs", "fuse.sshfs", "9p")).allMatch(DatabaseFile::isNetwork);
        assertThat(List.of("ext4", "xfs", "tmpfs", "overlay", "apfs")).noneMatch(DatabaseFile::isNetwork);
    }

    @Test
    void aFailedOpenLeavesNothingBehind() throws Exception {
        Path file = dir.resolve("other.db");
        sql(file, "CREATE TABLE customer (id INTEGER)");
        int before = SharedFiles.openCount();
        assertThatThrownBy(() -> open(file, Time.system(), "")).isInstanceOf(StorageException.class);
        assertThat(SharedFiles.openCount()).isEqualTo(before);
    }

    private static void limitPages(SqlBroker broker, int pages) {
        broker.writer().call(1, tx -> {
            tx.session().executeOnce("PRAGMA max_page_count = " + pages);
            return true;
        });
    }

    private static void sql(Path file, String statement) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement run = connection.createStatement()) {
            run.execute(statement);
        }
    }
}
