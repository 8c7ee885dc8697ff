package dev.errand.nats;

import dev.errand.BrokerUnavailableException;
import dev.errand.broker.Envelope;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Stores messages and reads what the server says to that. Thread-safe. */
final class Publishing {
    private static final String MESSAGE_ID = "Nats-Msg-Id";
    private static final String SEQUENCE = "\"seq\":";
    private static final String EXPECTED = "Nats-Expected-Last-Subject-Sequence";

    /** The answer to one message. */
    sealed interface Answer {
        /**
         * It is stored; perhaps since an earlier try.
         *
         * @param sequence of the stream
         */
        record Done(long sequence) implements Answer {}

        /** Something else is under its subject than was expected. */
        record Occupied() implements Answer {}

        /** No stream has its subject. */
        record Unroutable() implements Answer {}

        /** It is refused. */
        record Failed(JetStream.Refusal why) implements Answer {}
    }

    private final Link link;

    Publishing(Link link) {
        this.link = link;
    }

    /**
     * Sends a message.
     *
     * @param id by which a repeated one is recognised
     * @param expected the sequence that must be the last of its subject; 0: none; null: whatever
     */
    Future<Message> send(String subject, Headers headers, byte[] body, String id, @Nullable Long expected) {
        Structured.Form form = Structured.pack(headers, body);
        form.headers().put(MESSAGE_ID, id);
        if (expected != null) {
            form.headers().put(EXPECTED, expected.toString());
        }
        try {
            return link.request(subject, form.headers(), form.body());
        } catch (IllegalArgumentException e) {
            // It is larger than the server takes.
            return CompletableFuture.failedFuture(e);
        }
    }

    Answer answer(Future<Message> sent, Link.Deadline deadline) {
        if (sent.state() == Future.State.FAILED && sent.exceptionNow() instanceof IllegalArgumentException tooLarge) {
            return new Answer.Failed(new JetStream.Refusal(413, 0, String.valueOf(tooLarge.getMessage())));
        }
        Message message = link.await(sent, deadline);
        if (message == null || message.isStatusMessage()) {
            return new Answer.Unroutable();
        }
        long sequence = sequence(message.getData());
        if (sequence > 0) {
            return new Answer.Done(sequence);
        }
        JetStream.Answer answer = JetStream.parse(message);
        JetStream.Refusal refusal = answer.refusal();
        if (refusal == null) {
            return new Answer.Done(JetStream.longNumber(answer.json(), "seq"));
        }
        if (refusal.number() == JetStream.WRONG_LAST_SEQUENCE) {
            return new Answer.Occupied();
        }
        if (refusal.code() == 503) {
            throw new BrokerUnavailableException("NATS at " + link + " cannot store now: " + refusal);
        }
        return new Answer.Failed(refusal);
    }

    /** Of the usual answer, {@code {"stream":"…", "seq":17}}; 0: it has to be read in full. */
    private static long sequence(byte[] json) {
        String text = new String(json, StandardCharsets.ISO_8859_1);
        int at = text.indexOf(SEQUENCE);
        if (at < 0 || text.contains("\"error\"")) {
            return 0;
        }
        long sequence = 0;
        for (int i = at + SEQUENCE.length(); i < text.length() && Character.isDigit(text.charAt(i)); i++) {
            sequence = sequence * 10 + text.charAt(i) - '0';
        }
        return sequence;
    }

    /** By what a repeated enqueue of the very same task is told from another one with the same id. */
    static String idOf(Envelope task, String tail) {
        return tail + ".0."
                + Subjects.digest(
                        task.type().getBytes(StandardCharsets.UTF_8),
                        task.created().toString().getBytes(StandardCharsets.US_ASCII),
                        task.payload().bytes());
    }

    static String idOf(String tail, long revision, String who) {
        return String.format(Locale.ROOT, "%s.%d.%s", tail, revision, who);
    }
}
