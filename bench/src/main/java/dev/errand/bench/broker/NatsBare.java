package dev.errand.bench.broker;

import io.nats.client.Connection;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.PullSubscribeOptions;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * NATS by its client alone, as {@code Enqueueing} and {@code Settling} in {@code brokers/nats} use it: a subject, message id and
 * expected sequence for each task, headers as long as ours; taken by pull, acknowledged one by one and each confirmed.
 */
final class NatsBare implements Bare {
    private static final String STREAM = "errand-bench-bare";
    private static final byte[] ACK = "+ACK".getBytes(StandardCharsets.US_ASCII);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Connection connection;
    private final JetStreamSubscription subscription;
    /** How many are in the stream: no request asks for more than there are, so that none is left open. */
    private int stored;

    NatsBare(String url) throws Exception {
        connection = Nats.connect(url.replaceFirst("\\?.*", ""));
        connection
                .jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name(STREAM)
                        .subjects(STREAM + ".>")
                        .retentionPolicy(RetentionPolicy.WorkQueue)
                        .storageType(StorageType.File)
                        .build());
        connection
                .jetStreamManagement()
                .addOrUpdateConsumer(
                        STREAM,
                        ConsumerConfiguration.builder()
                                .durable("worker")
                                .ackPolicy(AckPolicy.Explicit)
                                .maxAckPending(-1)
                                .build());
        subscription = connection.jetStream().subscribe(null, PullSubscribeOptions.bind(STREAM, "worker"));
    }

    @Override
    public void enqueue(List<byte[]> payloads) throws Exception {
        List<CompletableFuture<Message>> confirmed = new ArrayList<>(payloads.size());
        for (byte[] payload : payloads) {
            String id = UUID.randomUUID().toString();
            Headers headers = new Headers()
                    .put("ce-specversion", "1.0")
                    .put("ce-id", id)
                    .put("ce-source", "/errand")
                    .put("ce-type", "bench.task")
                    .put("ce-time", "2026-01-01T00:00:00.000Z")
                    .put("content-type", "application/octet-stream")
                    .put("ce-errandrevision", "0")
                    .put("ce-errandqueue", "default")
                    .put("ce-errandmaxattempts", "25")
                    .put("ce-errandtimeout", "1800000")
                    .put("Nats-Msg-Id", id)
                    .put("Nats-Expected-Last-Subject-Sequence", "0");
            confirmed.add(connection.request(STREAM + "." + id, headers, payload));
        }
        for (CompletableFuture<Message> each : confirmed) {
            String answer =
                    new String(each.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).getData(), StandardCharsets.UTF_8);
            if (!answer.contains("\"seq\"") || answer.contains("\"error\"")) {
                throw new IOException("not stored: " + answer);
            }
        }
        stored += payloads.size();
    }

    @Override
    public int takeAndComplete(int max) throws Exception {
        int wanted = Math.min(max, stored);
        if (wanted == 0) {
            return 0;
        }
        subscription.pullNoWait(wanted);
        List<CompletableFuture<Message>> confirmed = new ArrayList<>(wanted);
        while (confirmed.size() < wanted) {
            Message message = subscription.nextMessage(PATIENCE);
            if (message == null) {
                throw new IOException("only " + confirmed.size() + " of " + wanted + " messages came");
            }
            confirmed.add(connection.request(message.getReplyTo(), ACK));
        }
        for (CompletableFuture<Message> each : confirmed) {
            each.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        stored -= confirmed.size();
        return confirmed.size();
    }

    @Override
    public void close() throws Exception {
        connection.jetStreamManagement().deleteStream(STREAM);
        connection.close();
    }
}
