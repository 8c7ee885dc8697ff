package dev.errand.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.AttemptError;
import dev.errand.TaskId;
import dev.errand.broker.Envelope;
import dev.errand.broker.History;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.UniqueKey;
import dev.errand.broker.WorkerRegistry.Registered;
import dev.errand.broker.WorkerSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The bytes are those that asynq writes and reads; the vectors were checked against protoc. */
class WireFormatTest {
    private static final String ID = "7837f142-6337-4217-9276-8f27281b67d1";
    private static final String SERVER = "2f1a6c1e-0b5f-4b38-9a53-0a6b8f6f3f10";
    private static final Instant START = Instant.ofEpochSecond(1767222000);

    private static final String A = """
            0a0d 656d61696c3a77656c636f6d65 120e 7b22757365725f6964223a34327d
            1a24 37383337663134322d363333372d343231372d393237362d386632373238316236376431
            2207 64656661756c74 2819 40880e
            """;
    private static final String C = """
            0a0c696d6167653a726573697a65 12030001ff 1a056a6f622d31 2208637269746963616c 2803 3002
            3a0b626f6f6d3a20636166c3a9 403c 4880f2d6ca06
            52456173796e713a7b637269746963616c7d3a756e697175653a696d6167653a726573697a653a6666626238636435613233326237643930363930343533336539363039663438
            58f0d5d6ca06 6080a305 68acd6d6ca06 72026731
            7a460a0b7472616365706172656e74123730302d30616637363531393136636434336464383434386562323131633830333139632d623761643662373136393230333333312d3031
            """;
    private static final String H = """
            0a0d656d61696c3a77656c636f6d65 120e7b22757365725f6964223a34327d
            1a2437383337663134322d363333372d343231372d393237362d386632373238316236376431 220764656661756c74
            2819 3001 3a0c736d74702074696d656f7574 40880e 58f2d5d6ca06
            """;

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static String hex(String spaced) {
        return spaced.replaceAll("\\s", "");
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static TaskMessage a(int retried, String error, long failedAt) {
        return new TaskMessage(
                "email:welcome",
                text("{\"user_id\":42}"),
                ID,
                "default",
                25,
                retried,
                error,
                1800,
                0,
                "",
                failedAt,
                0,
                0,
                "",
                Map.of(),
                new byte[0]);
    }

    @Test
    void aTaskMessage() throws Exception {
        assertThat(hex(a(0, "", 0).encode())).isEqualTo(hex(A));
        TaskMessage read = TaskMessage.parse(bytes(A));
        assertThat(read.type()).isEqualTo("email:welcome");
        assertThat(read.id()).isEqualTo(ID);
        assertThat(read.retry()).isEqualTo(25);
        assertThat(read.timeout()).isEqualTo(1800);
        assertThat(read.encode()).isEqualTo(bytes(A));
    }

    @Test
    void theSmallestTaskMessage() throws Exception {
        assertThat(hex(TaskMessage.of("t", new byte[0], "1", "q").encode())).isEqualTo("0a01741a0131220171");
        assertThat(TaskMessage.parse(bytes("0a0174 1a0131 220171")).payload()).isEmpty();
    }

    @Test
    void aTaskMessageWithAllFields() throws Exception {
        TaskMessage read = TaskMessage.parse(bytes(C));
        assertThat(read.payload()).containsExactly(0, 1, 0xff);
        assertThat(read.retried()).isEqualTo(2);
        assertThat(read.errorMessage()).isEqualTo("boom: café");
        assertThat(read.deadline()).isEqualTo(1767225600);
        assertThat(read.uniqueKey())
                .isEqualTo(Keys.lock("critical", "image:resize", new byte[] {0, 1, (byte) 0xff}))
                .endsWith("ffbb8cd5a232b7d906904533e9609f48");
        assertThat(read.lastFailedAt()).isEqualTo(1767222000);
        assertThat(read.retention()).isEqualTo(86400);
        assertThat(read.completedAt()).isEqualTo(1767222060);
        assertThat(read.group()).isEqualTo("g1");
        assertThat(read.headers())
                .containsOnly(Map.entry("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        assertThat(hex(read.encode())).isEqualTo(hex(C));
    }

    @Test
    void aTaskMessageThatHasFailed() throws Exception {
        assertThat(hex(a(1, "smtp timeout", 1767222002).encode())).isEqualTo(hex(H));
        Envelope read = Messages.decode(bytes(H), new byte[0], START);
        assertThat(read.history().attempts()).isEqualTo(1);
        assertThat(read.history().errors().getLast().message()).isEqualTo("smtp timeout");
        assertThat(read.policy().maxAttempts()).isEqualTo(26);
        assertThat(read.policy().timeout()).isEqualTo(Duration.ofMinutes(30));
        assertThat(read.policy().explicit()).isEqualTo(EnumSet.allOf(Policy.Field.class));
    }

    private static WorkerSpec spec() {
        return new WorkerSpec(
                SERVER,
                "w",
                "web-1",
                4242,
                START,
                Map.of("default", 3),
                false,
                10,
                Set.of(),
                Duration.ofSeconds(1),
                Duration.ofSeconds(30));
    }

    @Test
    void aServerRecord() throws Exception {
        String expected = """
                0a057765622d31 109221 1a2432663161366331652d306235662d346233382d396135332d306136623866366633663130
                200a 2a0b0a0764656661756c741003 3a06616374697665 420608f0d5d6ca06 4801
                """;
        assertThat(hex(Records.server(spec(), "active", 1))).isEqualTo(hex(expected));
        Registered read = Records.readServer(bytes(expected), START);
        assertThat(read.spec().id()).isEqualTo(SERVER);
        assertThat(read.spec().host()).isEqualTo("web-1");
        assertThat(read.spec().pid()).isEqualTo(4242);
        assertThat(read.spec().queues()).containsOnly(Map.entry("default", 3));
        assertThat(read.spec().started()).isEqualTo(START);
        assertThat(read.running()).isEqualTo(1);
    }

    @Test
    void aWorkerRecord() {
        Envelope task = Envelope.of(
                TaskId.of(ID),
                "email:welcome",
                new Payload(text("{\"user_id\":42}"), "application/json", 1),
                "default",
                START,
                new Policy(26, Duration.ofMinutes(30), Duration.ZERO, Set.of()));
        var lease = new dev.errand.broker.Lease(task.id(), "default", new dev.errand.broker.AttemptToken(1, 1));
        assertThat(hex(Records.worker(spec(), new Held.Run(lease, task, START.plusMillis(500)))))
                .isEqualTo(hex("""
                        0a057765622d31 109221 1a2432663161366331652d306235662d346233382d396135332d306136623866366633663130
                        222437383337663134322d363333372d343231372d393237362d386632373238316236376431 2a0d656d61696c3a77656c636f6d65
                        320e7b22757365725f6964223a34327d 3a0764656661756c74 420c08f0d5d6ca061080cab5ee01 4a0c08f8e3d6ca061080cab5ee01
                        """));
    }

    @Test
    void aScheduleRecordAndItsEvent() {
        Records.ScheduleEntry entry = new Records.ScheduleEntry(
                "c0ffee00-0000-4000-8000-000000000001",
                "@every 30s",
                "report:daily",
                new byte[0],
                List.of("Queue(\"low\")", "Timeout(1m0s)"),
                START.plusSeconds(30),
                Optional.empty());
        assertThat(hex(entry.encode())).isEqualTo(hex("""
                        0a2463306666656530302d303030302d343030302d383030302d303030303030303030303031 120a40657665727920333073
                        1a0c7265706f72743a6461696c79 2a0c517565756528226c6f772229 2a0d54696d656f757428316d307329
                        3206088ed6d6ca06 3a0b088092b8c398feffffff01
                        """));
        assertThat(hex(Records.enqueueEvent(ID, START.plusNanos(123_456_789))))
                .isEqualTo(
                        hex(
                                "0a2437383337663134322d363333372d343231372d393237362d386632373238316236376431 120b08f0d5d6ca0610959aef3a"));
    }

    @Test
    void asynqsLocks() {
        assertThat(Keys.lock("default", "email:welcome", text("{\"user_id\":42}")))
                .isEqualTo("asynq:{default}:unique:email:welcome:1181f89307fa271072c095747d5813cc");
        assertThat(Keys.lock("default", "t", new byte[0]))
                .isEqualTo("asynq:{default}:unique:t:d41d8cd98f00b204e9800998ecf8427e");
    }

    @Test
    void unknownFieldsSurviveARewrite() throws Exception {
        byte[] later = bytes(A + "8001 05 8a01 03 666f6f 9501 01020304");
        Envelope read = Messages.decode(later, new byte[0], START);
        byte[] again = Messages.encode(read.withHistory(History.NONE)).message();
        assertThat(hex(again)).endsWith(hex("8001 05 8a01 03 666f6f 9501 01020304"));
    }

    @Test
    void whatJavaAddsComesBackFromTheExtras() throws Exception {
        AttemptError error = new AttemptError(START.plusMillis(123), 2, "E", "m\u0000é", "stack", "w");
        Envelope sent = new Envelope(
                TaskId.of("whole"),
                "type",
                new Payload(new byte[] {0, -1}, "application/x; v=1", 3),
                "q",
                7,
                START.plusMillis(1),
                START.plusMillis(1_001),
                START.plusMillis(9_999),
                new History(2, 1, List.of(error)),
                new Policy(4, Duration.ofMillis(1234), Duration.ofMillis(5001), EnumSet.allOf(Policy.Field.class)),
                new UniqueKey("key", Duration.ofMillis(7)),
                null,
                "partition",
                TaskId.of("parent"),
                "workflow",
                Map.of("h", "", "k", "v"),
                Map.of("x", "y"));
        Messages.Stored stored = Messages.encode(sent);
        assertThat(Messages.decode(stored.message(), stored.extras(), Instant.EPOCH))
                .isEqualTo(sent);
        TaskMessage message = TaskMessage.parse(stored.message());
        assertThat(message.timeout()).as("rounded up for asynq").isEqualTo(2);
        assertThat(message.deadline()).isEqualTo(START.getEpochSecond() + 10);
        assertThat(message.retry()).isEqualTo(3);
        assertThat(message.uniqueKey()).as("asynq has no such keys").isEmpty();
    }

    @Test
    void brokenTextBecomesValidForGo() throws Exception {
        AttemptError error = new AttemptError(START, 1, "E", "half \ud83d a pair", "", "w");
        Envelope task = Envelope.of(
                        TaskId.of("t"),
                        "t",
                        Payload.EMPTY,
                        "q",
                        START,
                        new Policy(1, Duration.ofSeconds(1), Duration.ZERO, Set.of()))
                .withHistory(new History(1, 0, List.of(error)));
        assertThat(TaskMessage.parse(Messages.encode(task).message()).errorMessage())
                .isEqualTo("half ? a pair");
    }

    @Test
    void brokenBytesAreToldAndNeverHang() {
        Random random = new Random(3);
        byte[] whole = bytes(C);
        int broken = 0;
        for (int i = 0; i < 5_000; i++) {
            byte[] bytes = Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            try {
                Messages.decode(bytes, new byte[0], START);
            } catch (ProtoReader.Broken e) {
                broken++;
            }
        }
        assertThat(broken).isGreaterThan(1_000);
        for (String bad : List.of("0a05", "0aff", "0a02c328", "ffffffffffffffffffffff", "00", "0b", "12")) {
            assertThatThrownBy(() -> TaskMessage.parse(bytes(bad))).as(bad).isInstanceOf(ProtoReader.Broken.class);
        }
    }
}
