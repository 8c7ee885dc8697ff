package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.DeadCause;
import dev.errand.Enqueued;
import dev.errand.Errand;
import dev.errand.InvalidTaskException;
import dev.errand.PayloadCodec;
import dev.errand.TaskContext;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.broker.Capability;
import dev.errand.broker.Payload;
import dev.errand.broker.QueueStats;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Any text and any bytes travel unharmed; what cannot be run hurts only itself. */
abstract class HostileInputContract extends EngineContract {
    /** Valid names, of the kind that break what builds keys, subjects, file names or SQL from them. */
    static Stream<String> names() {
        return Stream.of(
                "x",
                "with spaces  inside",
                "' OR 1=1; DROP TABLE tasks; --",
                "\"quoted\" \\back\\slash `tick`",
                "a.b.c.*.>#",
                "a:b:{c}:t",
                "../../etc/passwd",
                "%00%2e%s%n${x}{{y}}",
                "?query=1&x=2#fragment",
                "*",
                "очередь-キュー-队列",
                "مرحبا بالعالم",
                "e\u0301 \u00e9 \u200d\u200b zero width",
                "😀🏴󠁧󠁢󠁳󠁣󠁴󠁿",
                "UPPER lower",
                "null",
                "x".repeat(255),
                "😀".repeat(127));
    }

    record Point(int x, int y) {}

    /** Writes {@code x,y}; fails on everything else, in every way that a codec can fail. */
    private static final class PointCodec implements PayloadCodec {
        @Override
        public String contentType() {
            return "text/x-point";
        }

        @Override
        public byte[] encode(Object value, Type type) {
            Point point = (Point) value;
            return (point.x + "," + point.y).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public Object decode(byte[] bytes, Type type) {
            String text = new String(bytes, StandardCharsets.UTF_8);
            if (text.equals("deep")) {
                throw new StackOverflowError();
            }
            String[] parts = text.split(",", -1);
            return new Point(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void aNameIsAnyTextInEveryPlace(String name) {
        TaskType<String> type = type(name).queue(name);
        Map<String, TaskContext> ran = new ConcurrentHashMap<>();
        start(worker().handle(type, (payload, task) -> ran.put(payload, task)));
        TaskId id = TaskId.of(name);
        assertThat(errand.enqueue(type, name, o -> o.id(id).header(name, name).partitionKey(name)))
                .isEqualTo(new Enqueued(id));
        Await.until("it has run", () -> ran.containsKey(name));
        TaskContext task = Objects.requireNonNull(ran.get(name));
        assertThat(task.id()).isEqualTo(id);
        assertThat(task.type()).isEqualTo(name);
        assertThat(task.queue()).isEqualTo(name);
        assertThat(task.headers()).containsOnly(Map.entry(name, name));
        assertThat(broker.extension(QueueStats.class).orElseThrow().queues()).contains(name);
    }

    @Test
    void namesThatLookAlikeAreDifferent() {
        List<String> ran = new CopyOnWriteArrayList<>();
        List<String> queues = List.of("é", "e\u0301", "q", "Q", "q ", "ｑ", "a_b", "a%b", "a.b", "a:b");
        TaskType<String> type = type("alike");
        for (String queue : queues) {
            errand.enqueue(type, queue, o -> o.queue(queue));
        }
        start(worker().queue("e\u0301").queue("a_b").handle(type, (payload, task) -> ran.add(payload)));
        Await.until("two have run", () -> ran.size() == 2);
        assertThat(Await.within(Duration.ofMillis(200), () -> ran.size() > 2)).isFalse();
        assertThat(ran).containsExactlyInAnyOrder("e\u0301", "a_b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   ", "line\nbreak", "\u0000", "tab\t", "\u0085", "broken \ud800 text"})
    void aMalformedNameIsRefusedBeforeAnythingIsStored(String name) {
        assertThatThrownBy(() -> type(name)).isInstanceOf(InvalidTaskException.class);
        assertThatThrownBy(() -> TaskId.of(name)).isInstanceOf(InvalidTaskException.class);
        assertThatThrownBy(() -> errand.enqueue(type("t"), "x", o -> o.queue(name)))
                .isInstanceOf(InvalidTaskException.class);
        assertThatThrownBy(() -> errand.enqueue(type("t"), "x", o -> o.header(name, "v")))
                .isInstanceOf(InvalidTaskException.class);
        assertThatThrownBy(() -> errand.worker().queue(name)).isInstanceOf(InvalidTaskException.class);
        assertThat(errand.queues().depth("default")).isZero();
    }

    @Test
    void aNameThatIsTooLongIsRefused() {
        String tooLong = "x".repeat(256);
        assertThatThrownBy(() -> TaskId.of(tooLong))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("255");
        assertThatThrownBy(() -> type(tooLong)).isInstanceOf(InvalidTaskException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\u0000\u0001\u001f",
                "{\"json\": [1, 2, {\"deep\": null}]}",
                "😀 مرحبا e\u0301 \r\n\t",
                "' OR 1=1; --",
                "<xml attr=\"&amp;\"/>"
            })
    void aPayloadIsAnyText(String text) {
        TaskType<String> type = type("text");
        List<String> ran = new CopyOnWriteArrayList<>();
        start(worker().handle(type, (payload, task) -> ran.add(payload)));
        errand.enqueue(type, text, o -> o.header("copy", text));
        Await.until("it has run", () -> ran.size() == 1);
        assertThat(ran).containsExactly(text);
    }

    @Test
    void aPayloadIsAnyBytes() {
        TaskType<byte[]> type = TaskType.of("bytes", byte[].class);
        byte[] all = new byte[70_000];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) (i * 31);
        }
        List<byte[]> ran = new CopyOnWriteArrayList<>();
        start(worker().handle(type, (payload, task) -> ran.add(payload)));
        errand.enqueue(type, all);
        errand.enqueue(type, new byte[0]);
        Await.until("both have run", () -> ran.size() == 2);
        assertThat(ran).containsExactlyInAnyOrder(all, new byte[0]);
    }

    @Test
    void thePayloadLimitIsExact() {
        TaskType<byte[]> type = TaskType.of("large", byte[].class);
        Errand small = stage.connect(broker, time, c -> c.maxPayload(1_000));
        List<Integer> ran = new CopyOnWriteArrayList<>();
        stage.closing(small.worker()
                .handle(type, (payload, task) -> ran.add(payload.length))
                .start());
        assertThatThrownBy(() -> small.enqueue(type, new byte[1_001]))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("1001")
                .hasMessageContaining("large");
        small.enqueue(type, new byte[1_000]);
        Await.until("the allowed one has run", () -> !ran.isEmpty());
        assertThat(ran).containsExactly(1_000);
    }

    @Test
    void thePayloadOfTheDefaultLimitTravels() {
        TaskType<byte[]> type = TaskType.of("largest", byte[].class);
        List<Integer> ran = new CopyOnWriteArrayList<>();
        start(worker().handle(type, (payload, task) -> ran.add(payload.length)));
        errand.enqueue(type, new byte[256 * 1024]);
        Await.until("it has run", () -> ran.size() == 1);
        assertThat(ran).containsExactly(256 * 1024);
    }

    @Test
    void manyAndLargeHeadersTravel() {
        TaskType<String> type = type("headers");
        Map<String, String> headers = new java.util.HashMap<>();
        for (int i = 0; i < 64; i++) {
            headers.put("header-" + i, i + "é".repeat(500));
        }
        headers.put("header-0", "v".repeat(8 * 1024));
        List<Map<String, String>> ran = new CopyOnWriteArrayList<>();
        start(worker().handle(type, (payload, task) -> ran.add(task.headers())));
        errand.enqueue(type, "x", o -> headers.forEach(o::header));
        Await.until("it has run", () -> ran.size() == 1);
        assertThat(ran.getFirst()).isEqualTo(headers);
        assertThatThrownBy(() -> errand.enqueue(type, "x", o -> o.header("big", "v".repeat(8 * 1024 + 1))))
                .isInstanceOf(InvalidTaskException.class);
        assertThatThrownBy(() -> errand.enqueue(type, "x", o -> {
                    for (int i = 0; i < 65; i++) {
                        o.header("h" + i, "v");
                    }
                }))
                .isInstanceOf(InvalidTaskException.class);
    }

    // ---- what cannot be run

    @ParameterizedTest
    @ValueSource(strings = {"", "not a point", "1", "x,1", "99999999999999,1", "deep", "\ufffd\ufffd"})
    void anUndecodablePayloadIsDeadAtOnceWithItsBytes(String payload) {
        Errand typed = stage.connect(broker, time, c -> c.codec(new PointCodec()));
        byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
        TaskId id = errand.enqueue(TaskType.of("point", byte[].class), bytes).id();
        List<Point> ran = new CopyOnWriteArrayList<>();
        stage.closing(typed.worker()
                .handle(TaskType.of("point", Point.class), (point, task) -> ran.add(point))
                .start());
        TaskInfo letter = deadLetter(id);
        assertThat(letter.cause()).isEqualTo(DeadCause.UNDECODABLE);
        assertThat(letter.envelope().payload().bytes()).isEqualTo(bytes);
        assertThat(letter.attempts()).as("no attempt was wasted on it").isZero();
        assertThat(letter.reason()).contains("point");
        assertThat(ran).isEmpty();
    }

    @Test
    void aPoisonMessageAmongGoodOnesHurtsOnlyItself() {
        Errand typed = stage.connect(broker, time, c -> c.codec(new PointCodec()));
        TaskType<Point> type = TaskType.of("mixed", Point.class);
        TaskType<byte[]> raw = TaskType.of("mixed", byte[].class);
        List<Point> good = new ArrayList<>();
        TaskId poison = TaskId.of("poison");
        for (int i = 0; i < 100; i++) {
            if (i == 50) {
                errand.enqueue(raw, "poison".getBytes(StandardCharsets.UTF_8), o -> o.id(poison));
            }
            good.add(new Point(i, -i));
            typed.enqueue(type, new Point(i, -i));
        }
        List<Point> ran = new CopyOnWriteArrayList<>();
        stage.closing(
                typed.worker().handle(type, (point, task) -> ran.add(point)).start());
        Await.until("the good ones have run", () -> ran.size() == 100);
        assertThat(ran).containsExactlyInAnyOrderElementsOf(good);
        assertThat(deadLetter(poison).cause()).isEqualTo(DeadCause.UNDECODABLE);
    }

    @Test
    void anUnknownTypeWaitsUncountedForAWorkerThatKnowsIt() {
        TaskType<String> known = type("known");
        TaskType<String> unknown = type("unknown.to.some");
        Runs runs = new Runs();
        Worker without = start(worker().handle(known, runs::begin));
        TaskId id = errand.enqueue(unknown, "x").id();
        for (int i = 0; i < 20; i++) {
            errand.enqueue(known, "k" + i);
        }
        Await.until("the known ones have run", () -> runs.count() == 20);
        assertThat(errand.deadLetters().show(id)).isEmpty();
        without.close(); // else it may take the task again and again
        start(worker().handle(unknown, runs::begin));
        Await.until("the other worker runs it", () -> runs.of(id).size() == 1);
        assertThat(runs.of(id).getFirst().attempt()).isEqualTo(1);
        assertThat(runs.of(id).getFirst().crashes()).isZero();
    }

    @Test
    @Needs(Capability.FIND)
    void anUnknownTypeIsShown() {
        TaskType<String> known = type("known");
        start(worker().handle(known, (payload, task) -> {}));
        TaskId id = errand.enqueue(type("unknown.to.all"), "x").id();
        TaskInfo given = Await.present(
                "it has been given back", () -> errand.tasks().find(id).filter(t -> t.reason() != null));
        assertThat(given.reason()).contains("unknown.to.all");
        assertThat(given.attempts()).isZero();
    }

    @Test
    void anOldNameFindsItsHandler() {
        Runs runs = new Runs();
        errand.enqueue(type("old.name"), "x");
        start(worker().handle(type("new.name").alias("old.name"), runs::begin));
        Await.until("it has run", () -> runs.count() == 1);
    }

    @Test
    void anOldPayloadIsLifted() {
        List<String> ran = new CopyOnWriteArrayList<>();
        errand.enqueue(type("lifted"), "one");
        TaskType<String> next =
                type("lifted").upcast(1, old -> append(old, ">two")).upcast(2, old -> append(old, ">three"));
        Errand newer = stage.connect(broker, time, c -> {});
        newer.enqueue(next, "fresh");
        stage.closing(
                newer.worker().handle(next, (payload, task) -> ran.add(payload)).start());
        Await.until("both have run", () -> ran.size() == 2);
        assertThat(ran).containsExactlyInAnyOrder("one>two>three", "fresh");
    }

    private static byte[] append(byte[] bytes, String text) {
        return (new String(bytes, StandardCharsets.UTF_8) + text).getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void anUpcasterThatFailsMakesTheTaskUndecodable() {
        TaskId id = errand.enqueue(type("unliftable"), "one").id();
        TaskType<String> next = type("unliftable").upcast(1, old -> {
            throw new IllegalStateException("cannot be lifted");
        });
        stage.closing(stage.connect(broker, time, c -> {})
                .worker()
                .handle(next, (payload, task) -> {})
                .start());
        TaskInfo letter = deadLetter(id);
        assertThat(letter.cause()).isEqualTo(DeadCause.UNDECODABLE);
        assertThat(letter.envelope().payload())
                .isEqualTo(new Payload(
                        "one".getBytes(StandardCharsets.UTF_8),
                        letter.envelope().payload().contentType(),
                        1));
    }
}
