package dev.errand.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.InvalidTaskException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "mail.confirm", "żółć", "名前", "🚚 delivery", "a/b:c{d}"})
    void acceptsPrintableText(String name) {
        assertThat(Names.check("queue", name)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "\t", "a\nb", "a\u0000", "\u0085x", "half \uD83D pair", "\uDE9A turned \uD83D"})
    void refusesBlankControlAndBrokenText(String name) {
        assertThatThrownBy(() -> Names.check("queue", name))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("queue");
    }

    @Test
    void refusesMoreThan255Characters() {
        assertThat(Names.check("queue", "q".repeat(255))).hasSize(255);
        assertThatThrownBy(() -> Names.check("queue", "q".repeat(256)))
                .hasMessageContaining("256 characters; at most 255");
    }
}
