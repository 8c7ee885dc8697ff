package dev.errand.examples.orders.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SmtpUrlTest {
    @Test
    void readsHostPortAndLogin() {
        assertThat(SmtpUrl.parse("smtp://127.0.0.1:2525")).isEqualTo(new SmtpUrl(false, "127.0.0.1", 2525, "", ""));
        assertThat(SmtpUrl.parse("smtps://shop%40example.org:p%3Aa+s@mail.example.org"))
                .isEqualTo(new SmtpUrl(true, "mail.example.org", 465, "shop@example.org", "p:a+s"));
        assertThat(SmtpUrl.parse("smtp://mail.example.org").port()).isEqualTo(587);
    }

    @Test
    void aPasswordNeedsEncryptionUnlessItStaysOnThisMachine() {
        assertThat(SmtpUrl.parse("smtp://u:p@mail.example.org").properties())
                .containsEntry("mail.smtp.starttls.required", "true")
                .containsEntry("mail.smtp.auth", "true");
        assertThat(SmtpUrl.parse("smtp://u:p@localhost").properties())
                .containsEntry("mail.smtp.starttls.required", "false");
        assertThat(SmtpUrl.parse("smtp://mail.example.org").properties())
                .containsEntry("mail.smtp.starttls.required", "false")
                .containsEntry("mail.smtp.auth", "false");
    }

    @Test
    void isPrintedWithoutItsPassword() {
        assertThat(SmtpUrl.parse("smtp://user:secret@mail.example.org:25")).hasToString("smtp://mail.example.org:25");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://x", "mail.example.org", "smtp:x", "smtp://user:sec ret@host", ""})
    void refusesWhatIsNone(String text) {
        assertThatThrownBy(() -> SmtpUrl.parse(text))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("smtp://user:password@host:port")
                .hasMessageNotContaining("sec ret");
    }
}
