package dev.errand.nats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.AttemptError;
import dev.errand.TaskId;
import dev.errand.broker.Envelope;
import dev.errand.broker.History;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import io.nats.client.impl.Headers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The form of messages, which other programs rely on. */
class MessagesTest {
    private static final Instant AT = Instant.parse("2026-03-01T12:00:00.123Z");
    private static final Policy POLICY = new Policy(25, Duration.ofMinutes(30), Duration.ZERO, Set.of());

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Envelope task() {
        return Envelope.of(
                TaskId.of("order 1"),
                "mail.confirm",
                new Payload(bytes("{}"), "application/json", 1),
                "mail",
                AT,
                POLICY);
    }

    private static Map<String, String> map(Headers headers) {
        Map<String, String> map = new LinkedHashMap<>();
        headers.forEach((name, values) -> map.put(name, values.getFirst()));
        return map;
    }

    private static Envelope decoded(Map<String, String> headers, byte[] body) {
        Messages.Read read = Messages.decode(Stored.of("errand.t.mail.x", 7, AT, headers, body), "mail", "x", null);
        assertThat(read.defect()).isNull();
        return read.envelope();
    }

    @Test
    void aTaskIsAnEventInBinaryMode() {
        Envelope task = task().withHeaders(Map.of("tenant", "blue ½", "traceparent", "00-1-2-01", "with space", "v"));
        assertThat(map(Messages.encode(task, 0, 0)))
                .containsEntry("ce-specversion", "1.0")
                .containsEntry("ce-id", "order%201")
                .containsEntry("ce-type", "mail.confirm")
                .containsEntry("ce-source", "/errand")
                .containsEntry("ce-time", "2026-03-01T12:00:00.123Z")
                .containsEntry("content-type", "application/json")
                .containsEntry("ce-errandqueue", "mail")
                .containsEntry("ce-traceparent", "00-1-2-01")
                .containsEntry("tenant", "blue%20%C2%BD")
                .containsEntry("errand-h-with%20space", "v");
    }

    @Test
    void namesThatMeanSomethingElseAreNotTaken() {
        Map<String, String> names = Map.of("Nats-Msg-Id", "1", "ce-type", "2", "Content-Type", "3", "errand-h-x", "4");
        Envelope task = task().withHeaders(names);
        Headers headers = Messages.encode(task, 0, 0);
        assertThat(map(headers)).containsEntry("ce-type", "mail.confirm").doesNotContainKey("Nats-Msg-Id");
        assertThat(decoded(map(headers), bytes("{}"))).isEqualTo(task);
    }

    @Test
    void errorsAreJson() {
        AttemptError error = new AttemptError(AT, 1, "E", "said \"no\"\nü", "at x", "w");
        Envelope task = task().withHistory(new History(1, 2, List.of(error)));
        Map<String, String> headers = map(Messages.encode(task, 3, 3));
        assertThat(headers)
                .containsEntry("ce-errandattempts", "1")
                .containsEntry("ce-errandcrashes", "2")
                .containsEntry(
                        "errand-errors",
                        "[{\"at\":\"2026-03-01T12:00:00.123Z\",\"attempt\":1,\"error\":\"E\",\"message\":"
                                + "\"said \\\"no\\\"\\u000a\\u00fc\",\"stack\":\"at x\",\"worker\":\"w\"}]");
        assertThat(decoded(headers, bytes("{}"))).isEqualTo(task);
    }

    @Test
    void whatDoesNotFitIntoHeadersTravelsInStructuredMode() {
        Envelope task = task().withHeaders(Map.of("large", "ü".repeat(15_000), "traceparent", "00-1-2-01"));
        Structured.Form form = Structured.pack(Messages.encode(task, 0, 0), bytes("{}"));
        assertThat(form.headers().serializedLength()).isLessThan(1_000);
        assertThat(map(form.headers())).containsEntry("content-type", "application/cloudevents+json");
        assertThat(new String(form.body(), StandardCharsets.UTF_8))
                .contains("\"specversion\":\"1.0\"", "\"id\":\"order 1\"", "\"datacontenttype\":\"application/json\"");
        assertThat(decoded(map(form.headers()), form.body())).isEqualTo(task);
    }

    @Test
    void structuredEventsOfOthersAreRead() {
        String event = """
                {"specversion":"1.0","id":"7","source":"/shop","type":"order.placed","data":{"order":1},"region":"eu"}""";
        Envelope task = decoded(Map.of("content-type", "application/cloudevents+json"), bytes(event));
        assertThat(task.id()).isEqualTo(TaskId.of("7"));
        assertThat(task.type()).isEqualTo("order.placed");
        assertThat(task.payload()).isEqualTo(new Payload(bytes("{\"order\":1}"), "application/json", 1));
        assertThat(task.extensions()).containsEntry("ce-source", "/shop").containsEntry("ce-region", "eu");
        assertThat(map(Messages.encode(task, 1, 0)))
                .containsEntry("ce-source", "/shop")
                .containsEntry("ce-region", "eu");
    }

    @Test
    void aBareMessageIsATaskOfItsSubjectsType() {
        Stored bare = Stored.of("errand.t.mail.invoice.paid", 9, AT, Map.of("region", "100%"), bytes("x"));
        Envelope task = Messages.decode(bare, "mail", "invoice.paid", null).envelope();
        assertThat(task.type()).isEqualTo("invoice.paid");
        assertThat(task.id()).isEqualTo(TaskId.of("mail-9"));
        assertThat(task.headers()).containsOnly(Map.entry("region", "100%"));
        assertThat(task.created()).isEqualTo(AT);
        assertThat(Messages.decode(bare, "mail", "invoice.paid", "legacy")
                        .envelope()
                        .type())
                .isEqualTo("legacy");
    }

    @Test
    void aBrokenOneKeepsItsBytes() {
        Stored broken = Stored.of("errand.t.mail.x", 9, AT, Map.of("ce-errandattempts", "many"), bytes("x"));
        Messages.Read read = Messages.decode(broken, "mail", "x", null);
        assertThat(read.defect()).contains("ce-errandattempts", "many");
        assertThat(read.envelope().payload().bytes()).isEqualTo(bytes("x"));
    }
}
