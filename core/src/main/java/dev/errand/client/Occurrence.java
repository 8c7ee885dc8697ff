package dev.errand.client;

import dev.errand.TaskId;
import dev.errand.broker.Envelope;
import dev.errand.broker.History;
import dev.errand.broker.Payload;
import dev.errand.schedule.Rule;
import dev.errand.schedule.Template;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * One due time of one schedule: everything about its run that must be the same whoever fires it.
 *
 * @param schedule its name
 * @param due the time
 */
public record Occurrence(String schedule, Instant due) {
    /** The header that names the schedule. */
    public static final String SCHEDULE_HEADER = "errand.schedule";
    /** The header that says the due time, as an ISO instant. */
    public static final String DUE_HEADER = "errand.schedule.due";

    /** By how much it is delayed: from zero to less than {@code jitter}, in whole milliseconds. */
    public Duration delay(Duration jitter) {
        long most = jitter.toMillis();
        return most <= 0
                ? Duration.ZERO
                : Duration.ofMillis(Math.floorMod(digest("jitter").getLong(), most));
    }

    /** The first one of a schedule that is later than {@code after}. */
    public static Optional<Occurrence> next(String schedule, Rule rule, Instant after) {
        return rule.next(after).map(due -> new Occurrence(schedule, due));
    }

    /** When it is fired. */
    public Instant fires(Duration jitter) {
        return due.plus(delay(jitter));
    }

    /** Its task. */
    public Envelope task(Template template, Payload payload, Instant now) {
        return task("due", template, payload, now);
    }

    /** Its task when it was called for by hand, at this version of the schedule. */
    public Envelope taskByHand(long version, Template template, Payload payload, Instant now) {
        return task("by hand " + version, template, payload, now);
    }

    private Envelope task(String salt, Template template, Payload payload, Instant now) {
        Map<String, String> headers = new HashMap<>(template.headers());
        headers.put(SCHEDULE_HEADER, schedule);
        headers.put(DUE_HEADER, due.toString());
        return new Envelope(
                id(salt),
                template.type(),
                payload,
                template.queue(),
                template.priority(),
                now,
                null,
                null,
                History.NONE,
                template.policy(),
                template.unique(),
                null,
                template.partitionKey(),
                null,
                null,
                headers,
                Map.of());
    }

    /**
     * A version 8 UUID (RFC 9562, section 5.8): 48 bits of milliseconds, as the other ids begin, then those of a hash. So a due
     * time has one task even where the guard by versions is not enough, as after a clock that was set back.
     */
    private TaskId id(String salt) {
        ByteBuffer hash = digest(salt);
        long high = (due.toEpochMilli() << 16) | 0x8000L | (hash.getLong() & 0x0FFFL);
        long low = (hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new TaskId(new UUID(high, low).toString());
    }

    private ByteBuffer digest(String salt) {
        String text = salt + '\n' + due.toEpochMilli() + '\n' + schedule;
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
