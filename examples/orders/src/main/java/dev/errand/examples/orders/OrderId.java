package dev.errand.examples.orders;

import dev.errand.TaskId;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Names an order, and by that the task that confirms it: a repeated request meets the task of the first one.
 *
 * @param value 1 to 64 letters, digits, dots, dashes and underscores
 */
public record OrderId(String value) {
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    /** What a caller chose; empty if it is not allowed. */
    static Optional<OrderId> parse(String text) {
        return ALLOWED.matcher(text).matches() ? Optional.of(new OrderId(text)) : Optional.empty();
    }

    /** The same for every request with this idempotency key. */
    static OrderId ofKey(String key) {
        return new OrderId("k-" + UUID.nameUUIDFromBytes(key.getBytes(StandardCharsets.UTF_8)));
    }

    /** One that nobody has yet. */
    static OrderId random() {
        return new OrderId("o-" + UUID.randomUUID());
    }

    /** The event that it was placed. */
    TaskId event() {
        return TaskId.of(Orders.PLACED.name() + "." + value);
    }

    /** The confirmation's task. */
    public TaskId confirmation() {
        return TaskId.of(Mail.CONFIRM.name() + "." + value);
    }
}
