package dev.errand.notices;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.Notice;
import dev.errand.TaskId;
import dev.errand.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class EarTest {
    @Test
    void noExceptionsAreKeptForAListenerThatIsFarBehind() {
        Notice.Run run = new Notice.Run(TaskId.of("x"), "type", "queue", 1, "worker");
        Notice.Ended ended = new Notice.Ended(
                run,
                Notice.End.RETRY,
                Duration.ofMillis(3),
                Duration.ofSeconds(2),
                null,
                new IllegalStateException("no"));
        List<Notice> heard = new CopyOnWriteArrayList<>();
        LongAdder missed = new LongAdder();
        try (Time time = Time.system()) {
            Ear ear = new Ear(
                    notice -> {
                        if (notice instanceof Notice.Ended) {
                            heard.add(notice);
                        }
                    },
                    time,
                    missed);
            ear.tell(ended);
            for (int i = 1; i < Ear.MOST_WITH_FAILURES; i++) {
                ear.tell(new Notice.Recovered(i));
            }
            ear.tell(ended);
            ear.start();
            ear.close();
            ear.join(Duration.ofMinutes(1));
        }
        assertThat(missed.sum()).isZero();
        assertThat(heard)
                .containsExactly(
                        ended,
                        new Notice.Ended(
                                run, Notice.End.RETRY, Duration.ofMillis(3), Duration.ofSeconds(2), null, null));
    }
}
