package dev.errand.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.InvalidTaskException;
import dev.errand.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventPatternTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "order.placed", "Order-2.placed_now", "*", "**", "order.*", "*.placed", "a.*.b.**"})
    void acceptsWordsAndStars(String text) {
        assertThat(EventPattern.of(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " ", ".", "a.", ".a", "a..b", "a b", "ä", "a/b", "a#", "a>", "**.a", "a.**.b", "a*", "*a", "***",
                "a\n", "sub:a"
            })
    void refusesAnythingElse(String text) {
        assertThatThrownBy(() -> EventPattern.of(text))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("event pattern");
    }

    @Test
    void refusesTooLongNames() {
        assertThat(EventPattern.checkEvent("a".repeat(100))).hasSize(100);
        assertThatThrownBy(() -> EventPattern.checkEvent("a".repeat(101)))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("101");
    }

    @ParameterizedTest
    @ValueSource(strings = {"order.*", "**", "a b", ""})
    void anEventAndASubscriptionHaveNoStars(String text) {
        assertThatThrownBy(() -> EventPattern.checkEvent(text)).isInstanceOf(InvalidTaskException.class);
        assertThatThrownBy(() -> Subscription.checkName(text)).isInstanceOf(InvalidTaskException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "a.b, a.b, true",
        "a.b, a.c, false",
        "a.*, a.b, true",
        "a.*, a.b.c, false",
        "a.*, b.b, false",
        "a.*.c, a.b.c, true",
        "a.*.c, a.b.d, false",
        "a.**, a.b.c.d, true",
        "a.**, a, false",
        "*.**, a.b, true",
        "*.**, a, false",
        "**, a, true",
        "a.b, ., false",
        "*, '', true",
    })
    void matchesWordByWord(String pattern, String event, boolean meant) {
        assertThat(EventPattern.of(pattern).matches(event)).isEqualTo(meant);
    }

    @Test
    void aCopyIsTheEventUnderAnIdAndAQueueOfItsOwn() {
        Envelope event = Envelope.of(
                        TaskId.of("e"),
                        "order.placed",
                        Payload.EMPTY,
                        Subscription.QUEUE_PREFIX,
                        Instant.EPOCH,
                        new Policy(1, Duration.ofSeconds(1), Duration.ZERO, Set.of()))
                .withHeaders(Map.of("k", "v"));
        Envelope copy = Subscription.copy(event, "stock");
        assertThat(copy)
                .isEqualTo(event.withId(TaskId.of("e@stock"))
                        .withQueue("sub:stock")
                        .withHeaders(Map.of("k", "v", "errand.event", "e")));
        assertThat(Subscription.nameOf(copy.queue())).contains("stock");
        assertThat(Subscription.nameOf("stock")).isEmpty();
    }

    @Test
    void theLongestIdAndNameMakeATasksId() {
        TaskId longest = TaskId.of("i".repeat(Subscription.MAX_EVENT_ID));
        String name = "s".repeat(EventPattern.MAX_NAME);
        assertThat(Subscription.copyId(longest, name).value()).hasSizeLessThanOrEqualTo(Names.MAX_LENGTH);
        Envelope tooLong = Envelope.of(
                TaskId.of("i".repeat(Subscription.MAX_EVENT_ID + 1)),
                "order.placed",
                Payload.EMPTY,
                Subscription.QUEUE_PREFIX,
                Instant.EPOCH,
                new Policy(1, Duration.ofSeconds(1), Duration.ZERO, Set.of()));
        assertThatThrownBy(() -> Subscription.copy(tooLong, name))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("151");
    }
}
