package dev.errand.examples.orders.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.TaskState;
import dev.errand.examples.orders.smtp.StoredMail;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private final Ledger ledger = new Ledger();
    private final Happenings happenings = new Happenings();

    @BeforeEach
    void somethingHappens() {
        for (int i = 0; i < 1234; i++) {
            ledger.acknowledged("o-" + i);
        }
        ledger.arrived(new StoredMail("<1@x>", "o-1", 2));
        for (int i = 0; i < 200; i++) {
            happenings.add(Happenings.Kind.BAD, "order " + i + " is a dead letter " + "and so on ".repeat(30));
        }
    }

    private Picture picture() {
        BrokerWatch.Queue queue = new BrokerWatch.Queue(
                Map.of(TaskState.PENDING, 12L, TaskState.RETRY, 3L), true, Optional.of(Duration.ofMillis(1500)));
        return picture(queue);
    }

    private Picture picture(BrokerWatch.Queue queue) {
        Picture.Seen seen = new Picture.Seen(17, Duration.ofSeconds(61), "http://127.0.0.1:8080", true);
        return new Picture(
                Duration.ofSeconds(75),
                "sqlite, durability OS_CRASH",
                ledger,
                queue,
                seen,
                seen,
                seen,
                new Subscribers.Counts(1200, 1100),
                1,
                Duration.ofSeconds(3),
                happenings);
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void drawsOneScreenfulAndLeavesTheTerminalAsItWas() {
        try (Screen screen = new Screen(out)) {
            screen.show(picture());
        }
        assertThat(text()).startsWith("\033[?1049h").endsWith("\033[?1049l");
        String[] lines = text().replaceAll("\033\\[[?0-9;]*[A-Za-z]", "").split("\r\n");
        Terminal.Size size = Terminal.size();
        assertThat(lines).hasSizeLessThanOrEqualTo(size.rows());
        assertThat(lines).allSatisfy(line -> assertThat(line).hasSizeLessThan(size.columns()));
        assertThat(String.join("\n", lines))
                .contains("1:15", "1,234", "ready 12", "to be retried 3", "oldest ready 1.5 s")
                .contains(
                        "killed once",
                        "1,200 orders reserved, 1,100 counted",
                        "refuses everything for 3 s",
                        "order 199");
    }

    @Test
    void saysNothingOfWhatTheBrokerDoesNotCount() {
        LineView view = new LineView(out);
        view.show(picture(new BrokerWatch.Queue(Map.of(TaskState.PENDING, 12L), false, Optional.empty())));
        view.close();
        assertThat(text()).contains("ready 12").doesNotContain("sending", "retried", "oldest");
    }

    @Test
    void withoutATerminalThereIsALineEverySecondAndOneForBadNews() {
        LineView view = new LineView(out);
        view.show(picture());
        view.show(picture());
        view.close();
        assertThat(text().lines().filter(line -> line.contains("orders 1234"))).hasSize(1);
        assertThat(text().lines().filter(line -> line.contains("order 199 is a dead letter")))
                .hasSize(1);
    }
}
