package dev.errand.nats;

import dev.errand.BrokerUnavailableException;
import dev.errand.StorageException;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import io.nats.client.support.JsonParseException;
import io.nats.client.support.JsonParser;
import io.nats.client.support.JsonValue;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The requests of JetStream's own interface that we need, as messages: <a
 * href="https://docs.nats.io/reference/reference-protocols/nats_api_reference">NATS API Reference</a>. Those that are made in
 * numbers are split into asking and reading the answer, so that many can be under way at once.
 */
final class JetStream {
    /** The error of an expected sequence that is not the last one. */
    static final int WRONG_LAST_SEQUENCE = 10071;

    private static final int STREAM_NOT_FOUND = 10059;
    private static final int CONSUMER_NOT_FOUND = 10014;
    private static final int NO_MESSAGE_FOUND = 10037;

    /** What the server said instead of doing it. */
    record Refusal(int code, int number, String text) {
        boolean isMissing() {
            return number == STREAM_NOT_FOUND || number == CONSUMER_NOT_FOUND || number == NO_MESSAGE_FOUND;
        }

        @Override
        public String toString() {
            return text + " (" + number + ")";
        }
    }

    /**
     * An answer.
     *
     * @param json its content
     * @param refusal null: it was done
     */
    record Answer(JsonValue json, @Nullable Refusal refusal) {
        JsonValue get(String name) {
            JsonValue value = json.map == null ? null : json.map.get(name);
            return value == null ? JsonValue.NULL : value;
        }
    }

    private final Link link;
    private final String api;

    JetStream(Link link, NatsOptions options) {
        this.link = link;
        this.api = options.domain() == null ? "$JS.API." : "$JS." + options.domain() + ".API.";
    }

    Link link() {
        return link;
    }

    // ---- one at a time

    /** Done, or why not; nobody being there counts as out of reach. */
    Answer call(String subject, String body) {
        return answer(ask(subject, body), link.deadline());
    }

    Future<Message> ask(String subject, String body) {
        return link.request(api + subject, null, body.getBytes(StandardCharsets.UTF_8));
    }

    Answer answer(Future<Message> asked, Link.Deadline deadline) {
        Message message = link.await(asked, deadline);
        if (message == null || message.isStatusMessage()) {
            throw new BrokerUnavailableException("NATS at " + link + " has no JetStream now; it is tried again. If this"
                    + " stays so, enable JetStream on the server and for this account");
        }
        return parse(message);
    }

    static Answer parse(Message message) {
        try {
            JsonValue json = JsonParser.parse(message.getData());
            JsonValue error = json.map == null ? null : json.map.get("error");
            return new Answer(json, error == null ? null : refusal(error));
        } catch (JsonParseException e) {
            throw new StorageException("NATS gave an answer that is no JSON: " + e.getMessage(), e);
        }
    }

    private static Refusal refusal(JsonValue error) {
        return new Refusal(
                number(error, "code"), number(error, "err_code"), String.valueOf(text(error, "description")));
    }

    /** Done, or missing; throws on everything else. */
    Optional<Answer> find(String subject, String body) {
        return found(call(subject, body), subject);
    }

    private Optional<Answer> found(Answer answer, String what) {
        Refusal refusal = answer.refusal();
        if (refusal == null) {
            return Optional.of(answer);
        }
        if (refusal.isMissing() || refusal.code() == 404) {
            return Optional.empty();
        }
        throw failed(what, refusal);
    }

    static RuntimeException failed(String what, Refusal refusal) {
        String message = "NATS refused " + what + ": " + refusal;
        return refusal.code() == 503
                ? new BrokerUnavailableException(message + "; it is tried again")
                : new StorageException(message);
    }

    // ---- messages of a stream

    Future<Message> askAt(String stream, long sequence) {
        return ask(
                "STREAM.MSG.GET." + stream, new JsonText().put("seq", sequence).toString());
    }

    Future<Message> askLast(String stream, String subject) {
        return ask(
                "STREAM.MSG.GET." + stream,
                new JsonText().put("last_by_subj", subject).toString());
    }

    Optional<Stored> stored(Future<Message> asked, Link.Deadline deadline) {
        return found(answer(asked, deadline), "to read a message").map(JetStream::stored);
    }

    Optional<Stored> last(String stream, String subject) {
        return stored(askLast(stream, subject), link.deadline());
    }

    private static Stored stored(Answer answer) {
        JsonValue message = answer.get("message");
        String headers = text(message, "hdrs");
        String body = text(message, "data");
        return Stored.of(
                String.valueOf(text(message, "subject")),
                longNumber(message, "seq"),
                time(String.valueOf(text(message, "time"))),
                headers == null ? Map.of() : headers(Base64.getDecoder().decode(headers)),
                body == null ? new byte[0] : Base64.getDecoder().decode(body));
    }

    static Instant time(String text) {
        return Instant.parse(text);
    }

    /** As they go over the wire: a line for the version, then one for each. */
    private static Map<String, String> headers(byte[] wire) {
        Map<String, String> headers = new LinkedHashMap<>();
        String[] lines = new String(wire, StandardCharsets.UTF_8).split("\r\n");
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                headers.putIfAbsent(
                        lines[i].substring(0, colon),
                        lines[i].substring(colon + 1).strip());
            }
        }
        return headers;
    }

    static Map<String, String> headers(Message message) {
        Headers from = message.getHeaders();
        if (from == null) {
            return Map.of();
        }
        Map<String, String> headers = LinkedHashMap.newLinkedHashMap(from.size());
        from.forEach((name, values) -> headers.put(name, values.isEmpty() ? "" : values.get(0)));
        return headers;
    }

    Future<Message> askDelete(String stream, long sequence) {
        return ask(
                "STREAM.MSG.DELETE." + stream,
                new JsonText().put("seq", sequence).put("no_erase", true).toString());
    }

    /** Without an answer. */
    void deleteSoon(String stream, long sequence) {
        link.publish(
                api + "STREAM.MSG.DELETE." + stream,
                null,
                new JsonText()
                        .put("seq", sequence)
                        .put("no_erase", true)
                        .toString()
                        .getBytes(StandardCharsets.UTF_8));
    }

    /** Whether it was there. */
    boolean deleted(Future<Message> asked, Link.Deadline deadline) {
        Answer answer = answer(asked, deadline);
        return answer.refusal() == null;
    }

    boolean delete(String stream, long sequence) {
        return deleted(askDelete(stream, sequence), link.deadline());
    }

    // ---- JSON

    static @Nullable String text(JsonValue object, String name) {
        JsonValue value = object.map == null ? null : object.map.get(name);
        return value == null ? null : value.string;
    }

    static int number(JsonValue object, String name) {
        return (int) longNumber(object, name);
    }

    static long longNumber(JsonValue object, String name) {
        JsonValue value = object.map == null ? null : object.map.get(name);
        return value == null || value.number == null ? 0 : value.number.longValue();
    }
}
