package dev.errand.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.StorageException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplySubjectTest {
    private static final ReplySubject READ =
            new ReplySubject(3, 1_234, Instant.ofEpochSecond(1_795_453_702L, 120_000_007));

    @Test
    void theShortForm() {
        assertThat(ReplySubject.parse("$JS.ACK.errand-t-mail.worker.3.1234.99.1795453702120000007.17"))
                .isEqualTo(READ);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".aX7"})
    void theFormWithDomainAndAccount(String random) {
        assertThat(ReplySubject.parse(
                        "$JS.ACK.hub.Q2K4.errand-t-mail.worker.3.1234.99.1795453702120000007.17" + random))
                .isEqualTo(READ);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "_INBOX.a.b",
                "$JS.ACK.s.c.3.1234.99.1795453702120000007",
                "$JS.ACK.s.c.3.1234.99.1795453702120000007.17.x",
                "$JS.ACK.s.c.x.1234.99.1795453702120000007.17",
                "_JS.ACK.s.c.3.1234.99.1795453702120000007.17"
            })
    void anythingElseIsNamed(String text) {
        assertThatThrownBy(() -> ReplySubject.parse(text))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("reply subject " + text);
    }
}
