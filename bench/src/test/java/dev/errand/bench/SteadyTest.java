package dev.errand.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SteadyTest {
    @Test
    void allCallsAreMadeThoughSomeFail() {
        AtomicInteger calls = new AtomicInteger();
        assertThatThrownBy(() -> Steady.load(10_000, 20, () -> {
                    if (calls.incrementAndGet() % 10 == 0) {
                        throw new IllegalStateException("no room");
                    }
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("2 of 20 calls failed, the first with java.lang.IllegalStateException: no room");
        assertThat(calls).hasValue(20);
    }
}
