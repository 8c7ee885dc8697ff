package dev.errand.nats;

import dev.errand.BrokerUnavailableException;
import dev.errand.StorageException;
import dev.errand.broker.QueueControl;
import io.nats.client.Dispatcher;
import io.nats.client.impl.Headers;
import io.nats.client.support.JsonParseException;
import io.nats.client.support.JsonParser;
import io.nats.client.support.JsonValue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Pauses are the messages of a stream, one under a subject for each queue that was ever paused, replaced only if nobody was
 * faster. Whoever changes one tells all workers by a plain message, after which they read again; they also do so now and then,
 * and after each break of the connection. Thread-safe.
 */
final class NatsQueueControl implements QueueControl {
    private static final int TRIES = 100;
    /** A message to those who take may get lost with the one who sends it. */
    private static final Duration OLD = Duration.ofSeconds(5);

    /**
     * What the stream held.
     *
     * @param version of {@link #changes} before it was read
     */
    private record Read(Map<String, Instant> paused, long version, int breaks, long at) {}

    private final Parts parts;
    private final AtomicLong changes = new AtomicLong();
    private final AtomicReference<@Nullable Read> read = new AtomicReference<>();
    private @Nullable Dispatcher dispatcher;

    NatsQueueControl(Parts parts) {
        this.parts = parts;
    }

    private String stream() {
        return parts.subjects().pauseStream();
    }

    /** Hears of changes from now on. */
    synchronized void watch() {
        if (dispatcher == null) {
            Dispatcher hearing = parts.link().connection().createDispatcher(message -> changed());
            hearing.subscribe(parts.subjects().pauseChanged());
            dispatcher = hearing;
        }
    }

    private void changed() {
        changes.incrementAndGet();
        parts.link().stir();
    }

    /** The paused queues, as far as has been heard. */
    Map<String, Instant> held() {
        long version = changes.get();
        int breaks = parts.link().breaks();
        long now = parts.time().nanoTime();
        Read known = read.get();
        boolean fresh =
                known != null && known.version == version && known.breaks == breaks && now - known.at < OLD.toNanos();
        if (known != null && fresh) {
            return known.paused;
        }
        Map<String, Instant> paused = paused();
        read.set(new Read(paused, version, breaks, now));
        return paused;
    }

    @Override
    public Map<String, Instant> paused() {
        parts.link().requireUp();
        Map<String, Instant> paused = new HashMap<>();
        long next = 1;
        while (true) {
            String body = new JsonText()
                    .put("seq", next)
                    .put("next_by_subj", parts.subjects().pauses())
                    .toString();
            Optional<Stored> message = parts.js()
                    .stored(
                            parts.js().ask("STREAM.MSG.GET." + stream(), body),
                            parts.link().deadline());
            if (message.isEmpty()) {
                return Map.copyOf(paused);
            }
            JsonValue json = json(message.get());
            since(json).ifPresent(since -> paused.put(String.valueOf(JetStream.text(json, "queue")), since));
            next = message.get().sequence() + 1;
        }
    }

    private static JsonValue json(Stored message) {
        try {
            return JsonParser.parse(message.body());
        } catch (JsonParseException e) {
            throw new StorageException(
                    "The pause under " + message.subject() + " cannot be read; remove that message from its stream", e);
        }
    }

    private static Optional<Instant> since(JsonValue json) {
        return Optional.ofNullable(JetStream.text(json, "since")).map(Instant::parse);
    }

    @Override
    public boolean pause(String queue) {
        parts.link().requireUp();
        parts.topology().queue(queue);
        return change(queue, true);
    }

    @Override
    public boolean resume(String queue) {
        parts.link().requireUp();
        return change(queue, false);
    }

    /** False: it is so already. */
    private boolean change(String queue, boolean pausing) {
        String subject = parts.subjects().pause(queue);
        for (int i = 0; i < TRIES; i++) {
            Optional<Stored> before = parts.js().last(stream(), subject);
            boolean paused = before.flatMap(message -> since(json(message))).isPresent();
            if (paused == pausing) {
                return false;
            }
            switch (store(subject, queue, pausing, before.map(Stored::sequence).orElse(0L))) {
                case Publishing.Answer.Done done -> {
                    parts.link().publish(parts.subjects().pauseChanged(), null, new byte[0]);
                    changed();
                    return true;
                }
                case Publishing.Answer.Occupied occupied -> {}
                case Publishing.Answer.Unroutable nowhere -> {
                    parts.topology().doubt();
                    parts.topology().shared();
                }
                case Publishing.Answer.Failed failed ->
                    throw JetStream.failed("to pause or resume the queue " + queue, failed.why());
            }
        }
        throw new BrokerUnavailableException(
                "The queue " + queue + " is paused and resumed all the time by others; try again");
    }

    private Publishing.Answer store(String subject, String queue, boolean pausing, long expected) {
        JsonText text = new JsonText().put("queue", queue);
        if (pausing) {
            text.put("since", parts.time().now().toString());
        }
        String id = String.format(
                Locale.ROOT, "p.%d.%x", expected, parts.context().random().nextLong());
        byte[] body = text.toString().getBytes(StandardCharsets.UTF_8);
        return parts.publishing()
                .answer(
                        parts.publishing().send(subject, new Headers(), body, id, expected),
                        parts.link().deadline());
    }
}
