package dev.errand.examples.orders;

import dev.errand.jackson.PayloadCompat;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MailPayloadTest {
    @Test
    void storedOrdersStayReadable() {
        PayloadCompat.checkAll(Mail.CONFIRM, Path.of("src/test/resources/golden"));
    }
}
