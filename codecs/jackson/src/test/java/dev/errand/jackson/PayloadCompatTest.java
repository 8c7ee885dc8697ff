package dev.errand.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.TaskType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PayloadCompatTest {
    record V1(String order, String mail, long cents) {}

    record Renamed(String order, String email, long cents) {}

    record Fewer(String order, String mail) {}

    record More(String order, String mail, long cents, List<String> tags) {}

    record Retyped(String order, String mail, String cents) {}

    record Boxed(String order, Object mail, Object cents) {}

    private static final TaskType<V1> TYPE = TaskType.of("mail.confirm", V1.class);
    private static final V1 SAMPLE = new V1("o-1", "customer-17@example.org", 990);

    @TempDir
    Path folder;

    private Path golden() {
        return PayloadCompat.write(TYPE, SAMPLE, folder);
    }

    @Test
    void theFileIsWrittenOnceAndNeverOverwritten() throws Exception {
        Path file = golden();
        assertThat(file).hasFileName("mail.confirm.v1.json");
        String text = Files.readString(file);
        assertThat(text)
                .contains("\"type\" : \"mail.confirm\"")
                .contains("\"version\" : 1")
                .contains("\"cents\" : 990");
        assertThat(golden()).isEqualTo(file);
        assertThatThrownBy(() -> PayloadCompat.write(TYPE, new V1("o-2", "x", 1), folder))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("upcast(1");
        assertThat(file).hasContent(text);
    }

    @Test
    void anUnchangedPayloadPasses() {
        Path file = golden();
        PayloadCompat.check(TYPE, file);
        PayloadCompat.checkAll(TYPE, folder);
        PayloadCompat.check(TYPE, "golden/mail.confirm.v1.json");
    }

    @Test
    void aNewFieldThatMayBeNullPasses() {
        Path file = golden();
        assertThatCode(() -> PayloadCompat.check(TaskType.of("mail.confirm", More.class), file))
                .doesNotThrowAnyException();
    }

    @Test
    void saysThatAFieldIsGone() {
        Path file = golden();
        assertThatThrownBy(() -> PayloadCompat.check(TaskType.of("mail.confirm", Fewer.class), file))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("cents is gone: it was 990")
                .hasMessageContaining("upcast(1, JsonUpcast.of(…))")
                .hasMessageContaining("\"expected\"");
    }

    @Test
    void aRenameIsSeenAndAnUpcasterHealsIt() throws Exception {
        Path file = golden();
        assertThatThrownBy(() -> PayloadCompat.check(TaskType.of("mail.confirm", Renamed.class), file))
                .hasMessageContaining("mail is gone: it was \"customer-17@example.org\"");
        TaskType<Renamed> lifted = TaskType.of("mail.confirm", Renamed.class)
                .upcast(1, JsonUpcast.of(o -> o.set("email", o.remove("mail"))));
        assertThatThrownBy(() -> PayloadCompat.check(lifted, file))
                .hasMessageContaining("email is new")
                .hasMessageContaining("\"email\" : \"customer-17@example.org\"");
        Files.writeString(file, """
                {"type": "mail.confirm", "version": 1,
                 "payload": {"order": "o-1", "mail": "customer-17@example.org", "cents": 990},
                 "expected": {"order": "o-1", "email": "customer-17@example.org", "cents": 990}}
                """);
        PayloadCompat.check(lifted, file);
        assertThatThrownBy(() -> PayloadCompat.checkAll(lifted, folder))
                .hasMessageContaining("mail.confirm.v2.json")
                .hasMessageContaining("PayloadCompat.write");
        PayloadCompat.write(lifted, new Renamed("o-2", "customer-18@example.org", 1), folder);
        PayloadCompat.checkAll(lifted, folder);
    }

    @Test
    void saysThatATypeHasChanged() throws Exception {
        Path file = golden();
        Files.writeString(file, """
                {"type": "mail.confirm", "version": 1, "payload": {"order": "o-1", "mail": ["a", "b"], "cents": true},
                 "expected": {"order": "o-2", "mail": ["a"], "cents": 12}}
                """);
        assertThatThrownBy(() -> PayloadCompat.check(TaskType.of("mail.confirm", Boxed.class), file))
                .hasMessageContaining("cents is of another type: it was a number (12) and is now a truth value (true)")
                .hasMessageContaining("order is changed: it was \"o-2\" and is now \"o-1\"")
                .hasMessageContaining("mail is changed: it had 1 elements and has now 2");
    }

    @Test
    void saysThatItCannotBeDecoded() throws Exception {
        Path file = golden();
        Files.writeString(
                file,
                "{\"type\":\"mail.confirm\",\"version\":1,\"payload\":{\"order\":\"o\",\"mail\":\"m\",\"cents\":\"x\"}}");
        assertThatThrownBy(() -> PayloadCompat.check(TYPE, file))
                .hasMessageContaining("cannot be decoded as")
                .hasMessageContaining("at cents: a long is expected");
        TaskType<V1> failing = TYPE.upcast(1, bytes -> {
            throw new IllegalStateException("no way");
        });
        assertThatThrownBy(() -> PayloadCompat.check(failing, file))
                .hasMessageContaining("the upcaster from version 1 fails")
                .hasMessageContaining("no way");
    }

    @Test
    void saysWhatIsWrongWithTheFileItself() throws Exception {
        Path file = golden();
        assertThatThrownBy(() -> PayloadCompat.check(TaskType.of("mail.sent", V1.class), file))
                .hasMessageContaining("alias(\"mail.confirm\")");
        PayloadCompat.check(TaskType.of("mail.sent", V1.class).alias("mail.confirm"), file);
        Files.writeString(file, "{\"type\":\"mail.confirm\",\"version\":3,\"payload\":{}}");
        assertThatThrownBy(() -> PayloadCompat.check(TYPE, file)).hasMessageContaining("is of version 3");
        Files.writeString(file, "{\"payload\":{}}");
        assertThatThrownBy(() -> PayloadCompat.check(TYPE, file)).hasMessageContaining("needs the fields");
        Files.writeString(file, "{");
        assertThatThrownBy(() -> PayloadCompat.check(TYPE, file)).hasMessageContaining("not JSON");
        assertThatThrownBy(() -> PayloadCompat.check(TYPE, folder.resolve("none.json")))
                .hasMessageContaining("there is no golden file");
        assertThatThrownBy(() -> PayloadCompat.check(TYPE, "golden/none.json"))
                .hasMessageContaining("on the class path");
        assertThatThrownBy(() -> PayloadCompat.write(TaskType.of("t", String.class), "x", folder))
                .hasMessageContaining("travels as it is");
    }

    @Test
    void saysThatAFieldOfAnotherTypeCannotBeRead() {
        Path file = golden();
        assertThatThrownBy(() -> PayloadCompat.check(TaskType.of("mail.confirm", Retyped.class), file))
                .hasMessageContaining("cents");
    }
}
