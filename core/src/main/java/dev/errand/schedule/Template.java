package dev.errand.schedule;

import dev.errand.InvalidTaskException;
import dev.errand.broker.Names;
import dev.errand.broker.Policy;
import dev.errand.broker.UniqueKey;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the tasks of a schedule have in common, beside their payload.
 *
 * @param type the wire name of their task type
 * @param queue where they wait
 * @param priority within the queue, −100 to 100
 * @param policy attempts, timeout, retention
 * @param unique their uniqueness; null: none
 * @param partitionKey null: none
 * @param headers beside those that say the schedule and the due time
 */
public record Template(
        String type,
        String queue,
        int priority,
        Policy policy,
        @Nullable UniqueKey unique,
        @Nullable String partitionKey,
        Map<String, String> headers) {
    /** Checks the names and the priority, and copies the map. */
    public Template {
        Names.check("task type", type);
        Names.check("queue", queue);
        if (priority < -100 || priority > 100) {
            throw new InvalidTaskException("The priority " + priority + " is out of range; give -100 to 100");
        }
        headers = Map.copyOf(headers);
    }

    /** The same in another queue. */
    public Template withQueue(String next) {
        return new Template(type, next, priority, policy, unique, partitionKey, headers);
    }

    /** The same with another priority. */
    public Template withPriority(int next) {
        return new Template(type, queue, next, policy, unique, partitionKey, headers);
    }

    /** The same with other headers. */
    public Template withHeaders(Map<String, String> next) {
        return new Template(type, queue, priority, policy, unique, partitionKey, next);
    }

    /** The same with another number of attempts, at least 1, which goes before that of the task type. */
    public Template withMaxAttempts(int attempts) {
        if (attempts < 1) {
            throw new InvalidTaskException(
                    "The number of attempts " + attempts + " is too small; 1 means a single try without a retry");
        }
        Set<Policy.Field> explicit = EnumSet.of(Policy.Field.MAX_ATTEMPTS);
        explicit.addAll(policy.explicit());
        Policy next = new Policy(attempts, policy.timeout(), policy.retention(), explicit);
        return new Template(type, queue, priority, next, unique, partitionKey, headers);
    }
}
