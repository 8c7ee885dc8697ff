package dev.errand.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.TaskState;
import dev.errand.cli.text.Width;
import dev.errand.cli.watch.Snapshot.QueueState;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PictureTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    private static QueueState queue(String name, long ready, long dead) {
        return new QueueState(
                name,
                Map.of(TaskState.PENDING, ready, TaskState.DEAD, dead),
                Optional.of(NOW.minusSeconds(5)),
                name.equals("b") ? Optional.of(NOW) : Optional.empty(),
                2);
    }

    private static Snapshot snapshot(Instant at, QueueState... queues) {
        return new Snapshot(at, List.of(queues), List.of(), List.of());
    }

    private static List<String> draw(
            int rows, int columns, boolean colours, Snapshot now, Snapshot before, State state) {
        return new Picture(rows, columns, colours).draw("sqlite:x.db", now, before, state, "");
    }

    @Test
    void ratesComeFromTwoLooks() {
        Snapshot before = snapshot(NOW.minusSeconds(2), queue("a", 10, 0));
        Snapshot now = snapshot(NOW, queue("a", 15, 4), queue("b", 0, 0));
        List<String> lines = draw(20, 100, false, now, before, State.START);
        assertThat(lines.getFirst()).isEqualTo("Errand  sqlite:x.db  10:00:00Z");
        assertThat(lines.get(3)).matches("a +15 +- +- +- +4 +\\+2\\.5 +2\\.0 +5s +2 <");
        assertThat(lines.get(4)).matches("b .* paused");
        assertThat(lines).contains("No worker is alive.");
    }

    @Test
    void aPictureFitsEveryScreen() {
        QueueState[] queues =
                IntStream.range(0, 200).mapToObj(i -> queue("世界-" + i, i, i)).toArray(QueueState[]::new);
        Snapshot now = snapshot(NOW, queues);
        for (int rows : new int[] {1, 3, 5, 10, 24, 60}) {
            for (int columns : new int[] {1, 20, 41, 80, 300}) {
                for (boolean colours : new boolean[] {true, false}) {
                    for (State state : List.of(
                            State.START,
                            State.START.helped(true),
                            State.START.filtered("9", true),
                            State.START.moved(now, 500),
                            State.START.said("x".repeat(500)))) {
                        List<String> lines = draw(rows, columns, colours, now, Snapshot.NOTHING, state);
                        assertThat(lines).hasSizeLessThanOrEqualTo(Math.max(3, rows));
                        assertThat(lines)
                                .allMatch(line ->
                                        Width.of(line.replaceAll("\033\\[[0-9;]*m", "")) <= Math.max(20, columns));
                    }
                }
            }
        }
    }

    @Test
    void theChosenQueueIsAlwaysInSight() {
        QueueState[] queues = IntStream.range(0, 100)
                .mapToObj(i -> queue("q%02d".formatted(i), 1, 0))
                .toArray(QueueState[]::new);
        Snapshot now = snapshot(NOW, queues);
        State state = State.START;
        for (int i = 0; i < 100; i++) {
            String name = "q%02d".formatted(i);
            assertThat(draw(24, 100, false, now, Snapshot.NOTHING, state))
                    .anyMatch(line -> line.startsWith(name) && line.endsWith("<"));
            state = state.moved(now, 1);
        }
    }

    @Test
    void queuesAreSortedAndFiltered() {
        Snapshot now = snapshot(NOW, queue("a", 1, 9), queue("b", 5, 0), queue("mail", 3, 1));
        State byReady = State.START.sorted();
        assertThat(byReady.shown(now)).extracting(QueueState::name).containsExactly("b", "mail", "a");
        assertThat(byReady.sorted().shown(now)).extracting(QueueState::name).containsExactly("a", "mail", "b");
        assertThat(State.START.filtered("AI", false).shown(now))
                .extracting(QueueState::name)
                .containsExactly("mail");
        assertThat(State.START.filtered("zzz", false).moved(now, 1)).isEqualTo(State.START.filtered("zzz", false));
    }

    @Test
    void arrowsAndLettersAreKeys() throws IOException {
        byte[] pressed = "q\033[A\033OB\r\u007f\033[5~é".getBytes(StandardCharsets.UTF_8);
        Keys keys = new Keys(new ByteArrayInputStream(pressed));
        List<Character> read = new ArrayList<>();
        for (Optional<Character> key = keys.next(); key.isPresent(); key = keys.next()) {
            read.add(key.get());
        }
        assertThat(read).startsWith('q', Keys.UP, Keys.DOWN, Keys.ENTER, Keys.BACKSPACE, (char) 0);
        assertThat(new Keys(new ByteArrayInputStream(new byte[] {27})).next()).hasValue(Keys.ESCAPE);
    }
}
