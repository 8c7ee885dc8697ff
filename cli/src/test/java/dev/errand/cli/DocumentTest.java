package dev.errand.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.DeadCause;
import dev.errand.broker.Intake;
import dev.errand.time.ManualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The outputs in docs/cli.md are what the commands print. {@code -Derrand.test.argLine=-Derrand.docs=write} writes them anew
 * instead of comparing them.
 */
class DocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "cli.md");
    private static final String PROMPT = "$ ./errand ";
    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");

    private final ManualTime time = new ManualTime(Rig.START);

    @TempDir
    Path folder;

    private void scene(Rig rig) {
        Intake worker = rig.worker("mailer", Map.of("mail", 3, "bulk", 1), false, 4, "mail.confirm", "mail.reminder");
        rig.enqueue("o-1001");
        rig.kill(worker, "mail", DeadCause.REFUSED, "550 no such mailbox");
        rig.enqueue("o-1002");
        rig.retryLater(worker, "mail", "421 the mail server is busy", Duration.ofMinutes(5));
        rig.enqueue("o-1003");
        Rig.take(worker, "mail");
        rig.time.advance(Duration.ofSeconds(30));
        rig.enqueue("o-1004");
        rig.enqueue("r-1", "report", "reports", "{\"month\":\"2026-10\"}");
        rig.time.advance(Duration.ofSeconds(60));
        worker.renew(List.of());
    }

    @Test
    void theOutputsInTheDocumentAreTrue() throws IOException {
        List<String> made = new ArrayList<>();
        try (Rig rig = new Rig(time, new SqliteCommandsTest().open(time, folder))) {
            scene(rig);
            make(rig, made);
        }
        if ("write".equals(System.getProperty("errand.docs"))) {
            Files.write(DOCUMENT, made);
        }
        assertThat(Files.readAllLines(DOCUMENT)).isEqualTo(made);
    }

    private static void make(Rig rig, List<String> made) throws IOException {
        boolean console = false;
        for (String line : Files.readAllLines(DOCUMENT)) {
            if (line.startsWith("```")) {
                console = line.equals("```console");
                made.add(line);
            } else if (!console) {
                made.add(line);
            } else if (line.startsWith(PROMPT)) {
                made.add(line);
                made.addAll(output(rig, line.substring(PROMPT.length())));
            }
        }
    }

    private static List<String> output(Rig rig, String command) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(command);
        while (word.find()) {
            for (int group = 1; group <= 3; group++) {
                if (word.group(group) != null) {
                    words.add(word.group(group));
                }
            }
        }
        Rig.Ran ran = rig.run(words.toArray(String[]::new));
        return (ran.out() + ran.err()).lines().toList();
    }
}
