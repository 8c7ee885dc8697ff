package dev.errand.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.CodecException;
import dev.errand.TaskType;
import dev.errand.broker.Payload;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CodecsTest {
    private static final TaskType<String> LIFTED = TaskType.of("lifted", String.class)
            .upcast(2, old -> ("two>" + text(old)).getBytes(StandardCharsets.UTF_8))
            .upcast(3, old -> ("three>" + text(old)).getBytes(StandardCharsets.UTF_8));

    private final Codecs codecs = Codecs.of(Optional.empty());

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private Object decode(int version) {
        return codecs.decodePayload(
                LIFTED.spec(), new Payload("x".getBytes(StandardCharsets.UTF_8), "text/plain", version));
    }

    @Test
    void liftsFromTheStoredVersionStepByStep() {
        assertThat(LIFTED.spec().version()).isEqualTo(4);
        assertThat(decode(4)).isEqualTo("x");
        assertThat(decode(3)).isEqualTo("three>x");
        assertThat(decode(2)).isEqualTo("three>two>x");
        assertThat(decode(5)).isEqualTo("x");
    }

    @Test
    void saysWhichUpcasterIsMissing() {
        assertThatThrownBy(() -> decode(1))
                .isInstanceOf(CodecException.class)
                .hasMessageContainingAll("lifted", "no upcaster from schema version 1");
    }

    @Test
    void namesTheVersionWhoseUpcasterFails() {
        TaskType<String> broken = TaskType.of("broken", String.class).upcast(1, old -> {
            throw new IllegalStateException("cannot");
        });
        assertThatThrownBy(() -> codecs.decodePayload(broken.spec(), Payload.EMPTY))
                .isInstanceOf(CodecException.class)
                .hasMessageContainingAll("broken", "schema version 1", "cannot");
    }
}
