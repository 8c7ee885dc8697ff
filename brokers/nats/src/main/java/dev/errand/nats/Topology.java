package dev.errand.nats;

import dev.errand.ConfigurationException;
import io.nats.client.support.JsonValue;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The streams and consumers: looked for, made if that is allowed and they are missing, and read back, since old servers accept
 * settings that they do not know. What is there already stays as it is, as far as it will do.
 *
 * <ul>
 *   <li>{@code errand-t-<queue>}: the tasks of a queue that are ready or run; work queue; consumer {@code worker}
 *   <li>{@code errand-d}: tasks that are not due, of all queues; work queue; consumer {@code mover}
 *   <li>{@code errand-x}: dead letters, 90 days
 *   <li>{@code errand-s}: subscriptions to events
 *   <li>{@code errand-p}: paused queues
 * </ul>
 */
final class Topology {
    static final String WORKER = "worker";
    static final String MOVER = "mover";

    /** A part of a stream's configuration that is a limit on how much it holds. */
    private static final long DEAD_LETTERS = 1_000_000;

    private static final int MOST_WAITING = 4_096;

    private final JetStream js;
    private final Subjects subjects;
    private final NatsOptions options;
    private final Map<String, Duration> queues = new ConcurrentHashMap<>();
    private final Map<String, Duration> known = new ConcurrentHashMap<>();

    Topology(JetStream js, Subjects subjects, NatsOptions options) {
        this.js = js;
        this.subjects = subjects;
        this.options = options;
    }

    /** Sees to the stream and consumer of a queue; answers after how long an unrenewed delivery comes again. */
    Duration queue(String queue) {
        Duration there = queues.get(queue);
        return there != null
                ? there
                : queues.computeIfAbsent(queue, name -> {
                    String stream = subjects.taskStream(name);
                    stream(stream, subjects.tasks(name), "workqueue", name);
                    return consumer(stream, WORKER);
                });
    }

    /** Sees to what all queues share. */
    void shared() {
        known.computeIfAbsent(subjects.delayStream(), stream -> {
            stream(stream, subjects.prefix() + ".d.>", "workqueue", "tasks that are not due");
            return consumer(stream, MOVER);
        });
        known.computeIfAbsent(subjects.deadStream(), stream -> {
            stream(stream, subjects.prefix() + ".x.>", "limits", "dead letters");
            return Duration.ZERO;
        });
        known.computeIfAbsent(subjects.subscriptionStream(), stream -> {
            stream(stream, subjects.subscriptions(), "limits", "subscriptions");
            return Duration.ZERO;
        });
        known.computeIfAbsent(subjects.pauseStream(), stream -> {
            stream(stream, subjects.pauses(), "limits", "paused queues");
            return Duration.ZERO;
        });
    }

    /** Something was not there that should be: look again at the next use. */
    void doubt() {
        queues.clear();
        known.clear();
    }

    private void stream(String name, String subject, String retention, String description) {
        Optional<JetStream.Answer> there = js.find("STREAM.INFO." + name, "");
        if (there.isEmpty()) {
            requireDeclaring("stream " + name + " with the subject " + subject + " and the retention " + retention);
            JetStream.Answer made = js.call("STREAM.CREATE." + name, config(name, subject, retention, description));
            JetStream.Refusal refusal = made.refusal();
            // Somebody may have been faster; what that one has made is looked at like any other.
            there = refusal == null ? Optional.of(made) : js.find("STREAM.INFO." + name, "");
            if (there.isEmpty() && refusal != null) {
                throw JetStream.failed("to make the stream " + name, refusal);
            }
        }
        check(name, subject, retention, there.orElseThrow().get("config"));
    }

    private String config(String name, String subject, String retention, String description) {
        JsonText config = new JsonText()
                .put("name", name)
                .put("description", description)
                .putJson("subjects", "[\"" + subject + "\"]")
                .put("retention", retention)
                .put("storage", "file")
                .put("max_consumers", -1)
                .put("max_bytes", -1)
                .put("max_msg_size", -1)
                .put("num_replicas", options.replicas())
                .put("duplicate_window", options.duplicates().toNanos());
        boolean dead = name.equals(subjects.deadStream());
        config.put("discard", dead ? "old" : "new")
                .put("max_msgs", dead ? DEAD_LETTERS : -1)
                .put("max_age", dead ? dev.errand.Defaults.DEAD_LETTER_AGE.toNanos() : 0);
        if (retention.equals("limits")) {
            config.put("max_msgs_per_subject", 1);
        }
        return config.toString();
    }

    private static void check(String name, String subject, String retention, JsonValue config) {
        JsonValue subjects = config.map == null ? null : config.map.get("subjects");
        boolean covers = subjects != null
                && subjects.array != null
                && subjects.array.stream().anyMatch(each -> subject.equals(each.string));
        if (!covers || !retention.equals(JetStream.text(config, "retention"))) {
            throw new ConfigurationException("The stream " + name + " is not as we need it: subject " + subject
                    + ", retention " + retention + "; change or remove it, or give the URL another ?prefix=");
        }
    }

    private Duration consumer(String stream, String name) {
        String at = stream + "." + name;
        Optional<JetStream.Answer> there = js.find("CONSUMER.INFO." + at, "");
        if (there.isEmpty()) {
            requireDeclaring("consumer " + name + " of the stream " + stream
                    + ": durable, pull, explicit acknowledgements, max_deliver -1, max_ack_pending -1");
            JetStream.Answer made = js.call("CONSUMER.DURABLE.CREATE." + at, consumerConfig(stream, name));
            JetStream.Refusal refusal = made.refusal();
            there = refusal == null ? Optional.of(made) : js.find("CONSUMER.INFO." + at, "");
            if (there.isEmpty() && refusal != null) {
                throw JetStream.failed("to make the consumer " + name + " of the stream " + stream, refusal);
            }
        }
        JsonValue config = there.orElseThrow().get("config");
        if (!"explicit".equals(JetStream.text(config, "ack_policy"))
                || JetStream.longNumber(config, "max_deliver") != -1
                || JetStream.longNumber(config, "max_ack_pending") != -1) {
            throw new ConfigurationException("The consumer " + name + " of the stream " + stream
                    + " is not as we need it: explicit acknowledgements, max_deliver -1, max_ack_pending -1; change or"
                    + " remove it");
        }
        return Duration.ofNanos(JetStream.longNumber(config, "ack_wait"));
    }

    private String consumerConfig(String stream, String name) {
        JsonText config = new JsonText()
                .put("durable_name", name)
                .put("deliver_policy", "all")
                .put("ack_policy", "explicit")
                .put("replay_policy", "instant")
                .put("ack_wait", options.lease().toNanos())
                .put("max_deliver", -1)
                // Those that wait for their time count as well.
                .put("max_ack_pending", -1)
                .put("max_waiting", MOST_WAITING);
        return new JsonText()
                .put("stream_name", stream)
                .putJson("config", config.toString())
                .toString();
    }

    private void requireDeclaring(String what) {
        if (!options.declare()) {
            throw new ConfigurationException(
                    "There is no " + what + "; have it made, or leave ?declare=false out of the broker URL");
        }
    }
}
