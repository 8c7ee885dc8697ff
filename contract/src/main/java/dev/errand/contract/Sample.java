package dev.errand.contract;

import dev.errand.TaskId;
import dev.errand.broker.Envelope;
import dev.errand.broker.History;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.UniqueKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Builds one envelope after the other, for tests of the port. Each {@code with…} answers a changed copy, so that a sample can
 * be the start of several.
 */
record Sample(
        String id,
        String type,
        String queue,
        Payload payload,
        int priority,
        Instant created,
        @Nullable Instant notBefore,
        @Nullable Instant deadline,
        History history,
        Policy policy,
        @Nullable UniqueKey unique,
        Map<String, String> headers) {
    static final String TYPE = "contract.sample";
    static final String QUEUE = "default";

    static Sample of(String id, Instant created) {
        return new Sample(
                id,
                TYPE,
                QUEUE,
                text("payload of " + id),
                0,
                created,
                null,
                null,
                History.NONE,
                new Policy(25, Duration.ofMinutes(30), Duration.ZERO, Set.of()),
                null,
                Map.of());
    }

    static Payload text(String text) {
        return new Payload(text.getBytes(StandardCharsets.UTF_8), "text/plain", 1);
    }

    Sample withType(String next) {
        return new Sample(
                id, next, queue, payload, priority, created, notBefore, deadline, history, policy, unique, headers);
    }

    Sample withQueue(String next) {
        return new Sample(
                id, type, next, payload, priority, created, notBefore, deadline, history, policy, unique, headers);
    }

    Sample withPayload(Payload next) {
        return new Sample(
                id, type, queue, next, priority, created, notBefore, deadline, history, policy, unique, headers);
    }

    Sample withPriority(int next) {
        return new Sample(
                id, type, queue, payload, next, created, notBefore, deadline, history, policy, unique, headers);
    }

    Sample withNotBefore(@Nullable Instant next) {
        return new Sample(
                id, type, queue, payload, priority, created, next, deadline, history, policy, unique, headers);
    }

    Sample withDeadline(@Nullable Instant next) {
        return new Sample(
                id, type, queue, payload, priority, created, notBefore, next, history, policy, unique, headers);
    }

    Sample withHistory(History next) {
        return new Sample(
                id, type, queue, payload, priority, created, notBefore, deadline, next, policy, unique, headers);
    }

    Sample withPolicy(Policy next) {
        return new Sample(
                id, type, queue, payload, priority, created, notBefore, deadline, history, next, unique, headers);
    }

    Sample withUnique(String key, Duration ttl) {
        return new Sample(
                id,
                type,
                queue,
                payload,
                priority,
                created,
                notBefore,
                deadline,
                history,
                policy,
                new UniqueKey(key, ttl),
                headers);
    }

    Sample withHeaders(Map<String, String> next) {
        return new Sample(
                id, type, queue, payload, priority, created, notBefore, deadline, history, policy, unique, next);
    }

    Envelope envelope() {
        return new Envelope(
                TaskId.of(id),
                type,
                payload,
                queue,
                priority,
                created,
                notBefore,
                deadline,
                history,
                policy,
                unique,
                null,
                null,
                null,
                null,
                headers,
                Map.of());
    }
}
