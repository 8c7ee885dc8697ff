package dev.errand;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class AttemptErrorTest {
    private static final class Nasty extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new IllegalStateException("not even that");
        }
    }

    private static AttemptError of(Throwable failure) {
        return AttemptError.of(failure, Instant.ofEpochSecond(1, 234_567_890), 3, "worker-1");
    }

    @Test
    void keepsClassMessageStackAndMilliseconds() {
        AttemptError error = of(new IllegalStateException("broken"));
        assertThat(error.error()).isEqualTo("java.lang.IllegalStateException");
        assertThat(error.message()).isEqualTo("broken");
        assertThat(error.stack()).contains("keepsClassMessageStackAndMilliseconds");
        assertThat(error.at()).isEqualTo(Instant.ofEpochMilli(1234));
        assertThat(error.attempt()).isEqualTo(3);
    }

    @Test
    void cutsLongTextsWithoutBreakingACharacter() {
        AttemptError error = of(new IllegalStateException("x".repeat(AttemptError.MAX_MESSAGE - 1) + "🚚".repeat(100)));
        assertThat(error.message()).hasSize(AttemptError.MAX_MESSAGE - 1);
        assertThat(error.stack().length()).isLessThanOrEqualTo(AttemptError.MAX_STACK);
    }

    @Test
    void survivesExceptionsThatThrowThemselves() {
        assertThat(of(new Nasty()).message()).contains("getMessage failed");
        assertThat(of(new IllegalStateException((String) null)).message()).isEmpty();
    }

    @Test
    void survivesCausesThatGoInCircles() {
        RuntimeException first = new RuntimeException("first");
        first.initCause(new RuntimeException("second", first));
        assertThat(of(first).stack()).startsWith("java.lang.RuntimeException: first");
    }
}
