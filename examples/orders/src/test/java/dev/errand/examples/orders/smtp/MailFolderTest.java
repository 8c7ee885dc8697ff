package dev.errand.examples.orders.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MailFolderTest {
    @TempDir
    Path folder;

    private static byte[] mail(String text) {
        return text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void everyArrivalIsAFileOfItsOwn() throws Exception {
        MailFolder mails = new MailFolder(folder.resolve("new"));
        byte[] mail = mail("Message-ID: <1@x>\nX-Order-Id: o-1\nX-Attempt: 2\n\nText\n");
        StoredMail stored = mails.store(mail);
        assertThat(stored).isEqualTo(new StoredMail("<1@x>", "o-1", 2));
        mails.store(mail);
        assertThat(new MailFolder(folder.resolve("new")).list()).containsExactly(stored, stored);
    }

    @Test
    void aMailThatACrashHasCutShortDoesNotCount() throws Exception {
        MailFolder mails = new MailFolder(folder);
        Files.write(folder.resolve("cut.tmp"), mail("Message-ID: <1@x>\n"));
        assertThat(mails.list()).isEmpty();
    }

    @Test
    void aMailOfSomebodyElseIsKeptAndNamesNoOrder() throws Exception {
        assertThat(new MailFolder(folder).store(mail("Subject: hello\nX-Attempt: many\n\n")))
                .isEqualTo(new StoredMail("", "", 1));
    }
}
