package dev.errand.nats;

import dev.errand.CapabilityException;
import dev.errand.TaskState;
import dev.errand.broker.QueueStats;
import io.nats.client.support.JsonValue;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** What the server says about the streams. */
final class NatsQueueStats implements QueueStats {
    private final Parts parts;

    NatsQueueStats(Parts parts) {
        this.parts = parts;
    }

    /** Each stream names its queue in its description. */
    @Override
    public List<String> queues() {
        parts.link().requireUp();
        TreeSet<String> queues = new TreeSet<>();
        String begin = parts.subjects().prefix() + "-t-";
        long offset = 0;
        while (true) {
            JetStream.Answer answer = parts.js()
                    .find(
                            "STREAM.LIST",
                            new JsonText()
                                    .put("offset", offset)
                                    .put("subject", parts.subjects().tasks())
                                    .toString())
                    .orElseThrow();
            List<JsonValue> streams = answer.get("streams").array;
            if (streams == null || streams.isEmpty()) {
                return List.copyOf(queues);
            }
            for (JsonValue stream : streams) {
                JsonValue config = stream.map == null ? null : stream.map.get("config");
                String name = config == null ? null : JetStream.text(config, "name");
                if (config != null && name != null && name.startsWith(begin)) {
                    String queue = JetStream.text(config, "description");
                    queues.add(queue == null ? name.substring(begin.length()) : queue);
                }
            }
            offset += streams.size();
            if (offset >= JetStream.longNumber(answer.json(), "total")) {
                return List.copyOf(queues);
            }
        }
    }

    private Optional<JetStream.Answer> consumer(String queue) {
        parts.link().requireUp();
        return parts.js().find("CONSUMER.INFO." + parts.subjects().taskStream(queue) + "." + Topology.WORKER, "");
    }

    @Override
    public long depth(String queue) {
        return consumer(queue)
                .map(info -> JetStream.longNumber(info.json(), "num_pending"))
                .orElse(0L);
    }

    @Override
    public Map<TaskState, Long> counts(String queue) {
        throw new CapabilityException("NATS does not count tasks by state; ask for the depth of the queue " + queue);
    }

    @Override
    public Optional<Instant> oldestReady(String queue) {
        Optional<JetStream.Answer> info = consumer(queue);
        if (info.isEmpty() || JetStream.longNumber(info.get().json(), "num_pending") == 0) {
            return Optional.empty();
        }
        long next = JetStream.longNumber(info.get().get("delivered"), "stream_seq") + 1;
        String body = new JsonText()
                .put("seq", next)
                .put("next_by_subj", parts.subjects().tasks(queue))
                .toString();
        return parts.js()
                .stored(
                        parts.js().ask("STREAM.MSG.GET." + parts.subjects().taskStream(queue), body),
                        parts.link().deadline())
                .map(Stored::time);
    }
}
