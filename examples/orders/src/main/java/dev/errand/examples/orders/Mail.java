package dev.errand.examples.orders;

import dev.errand.Retry;
import dev.errand.TaskType;
import java.time.Duration;

/** What the e-mail service does for others: the contract, known to both sides. {@link Terms} adds what the broker can do beyond it. */
public interface Mail {
    /** Confirms an order to its customer. */
    TaskType<OrderPlaced> CONFIRM = TaskType.of("mail.confirm", OrderPlaced.class)
            .queue("mail")
            .timeout(Duration.ofSeconds(30))
            .retry(retry(Duration.ofSeconds(2)));

    /** Patient with a mail server that is busy; final about an address that does not exist. */
    static Retry retry(Duration first) {
        return Retry.exponential(first)
                .maxDelay(first.multipliedBy(300))
                .jitter(0.2)
                .maxAttempts(8)
                .never(BadAddress.class);
    }
}
