package dev.errand.broker;

import dev.errand.DeadCause;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How an attempt ended, for the broker to write down. The engine has already decided everything: {@code envelope} is the
 * task with its new history, and an adapter only stores it.
 *
 * @param lease the attempt that speaks; with {@link Capability#FENCING} refused unless it is the task's newest
 * @param envelope the task as it is now
 * @param verdict where it goes
 */
public record Outcome(Lease lease, Envelope envelope, Verdict verdict) {
    /** The most characters of a reason that are kept. */
    public static final int MAX_REASON = 1_000;

    /** A reason as it is kept: cut if it is too long. */
    public static String reason(String text) {
        if (text.length() <= MAX_REASON) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(MAX_REASON - 1)) ? MAX_REASON - 1 : MAX_REASON;
        return text.substring(0, end);
    }

    /** Where a task goes after an attempt. */
    public sealed interface Verdict {
        /**
         * It is done.
         *
         * @param result what the handler returned; null: nothing
         * @param retention how long to keep it; zero: delete it
         */
        record Complete(@Nullable Payload result, Duration retention) implements Verdict {}

        /**
         * It failed and is tried again.
         *
         * @param delay from now by the broker's clock, zero or more
         */
        record Retry(Duration delay) implements Verdict {}

        /**
         * It is a dead letter.
         *
         * @param cause which kind
         * @param reason in words, cut at {@value Outcome#MAX_REASON} characters
         */
        record Dead(DeadCause cause, String reason) implements Verdict {
            /** Cuts the reason. */
            public Dead {
                reason = Outcome.reason(reason);
            }
        }

        /**
         * It is given back; nothing counts. Without a delay it goes before all of its queue and priority that is ready now.
         *
         * @param delay from now by the broker's clock, zero or more
         * @param reason in words, cut at {@value Outcome#MAX_REASON} characters
         */
        record Release(Duration delay, String reason) implements Verdict {
            /** Cuts the reason. */
            public Release {
                reason = Outcome.reason(reason);
            }
        }

        /**
         * It is called off. Where a person has asked for that, the request's reason and retention are kept instead of these.
         *
         * @param reason in words, cut at {@value Outcome#MAX_REASON} characters
         * @param retention how long to keep it; zero: delete it
         */
        record Cancel(String reason, Duration retention) implements Verdict {
            /** Cuts the reason. */
            public Cancel {
                reason = Outcome.reason(reason);
            }
        }
    }
}
