package dev.errand.bench.broker;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * RabbitMQ by its client alone, with a quorum queue and headers as {@code Writing} in {@code brokers/rabbitmq} makes them:
 * published with confirms, a batch at a time; consumed with a prefetch of two batches, acknowledged one by one and out of order.
 */
final class RabbitBare implements Bare {
    private static final String QUEUE = "errand-bench-bare";
    private static final int BATCH = 100;
    private static final long PATIENCE_SECONDS = 10;
    private static final Map<String, Object> ARGUMENTS = Map.of(
            "x-queue-type",
            "quorum",
            "x-delivery-limit",
            100,
            "x-dead-letter-exchange",
            "",
            "x-dead-letter-routing-key",
            QUEUE + "-dead",
            "x-dead-letter-strategy",
            "at-least-once",
            "x-overflow",
            "reject-publish");

    private final Connection publishing;
    private final Connection consuming;
    private final Channel out;
    private final Channel in;
    private final BlockingQueue<Long> delivered = new LinkedBlockingQueue<>();
    private @Nullable String consumer;
    private int left;

    RabbitBare(String url) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(url.replaceFirst("\\?.*", ""));
        publishing = factory.newConnection("errand-bench-bare");
        consuming = factory.newConnection("errand-bench-bare");
        out = publishing.createChannel();
        out.confirmSelect();
        in = consuming.createChannel();
        in.basicQos(2 * BATCH);
        in.queueDelete(QUEUE);
        in.queueDeclare(QUEUE, true, false, false, ARGUMENTS);
    }

    @Override
    public void enqueue(List<byte[]> payloads) throws Exception {
        for (byte[] payload : payloads) {
            String id = UUID.randomUUID().toString();
            Map<String, Object> headers = new HashMap<>();
            headers.put("cloudEvents:specversion", "1.0");
            headers.put("cloudEvents:id", id);
            headers.put("cloudEvents:source", "/errand");
            headers.put("cloudEvents:type", "bench");
            headers.put("cloudEvents:time", "2026-01-01T00:00:00.000Z");
            headers.put("cloudEvents:errandqueue", "bench");
            headers.put("cloudEvents:errandversion", 1);
            headers.put("cloudEvents:errandattempts", 0);
            headers.put("cloudEvents:errandcrashes", 0);
            headers.put("cloudEvents:errandtakes", 0L);
            headers.put("cloudEvents:errandmaxattempts", 25);
            headers.put("cloudEvents:errandtimeout", "PT30M");
            headers.put("cloudEvents:errandretention", "PT0S");
            headers.put("cloudEvents:errandexplicit", "");
            AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder()
                    .headers(headers)
                    .deliveryMode(2)
                    .messageId(id)
                    .type("bench")
                    .contentType("application/octet-stream")
                    .timestamp(Date.from(Instant.now()))
                    .build();
            out.basicPublish("", QUEUE, true, properties, payload);
        }
        out.waitForConfirmsOrDie(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        left += payloads.size();
    }

    @Override
    public int takeAndComplete(int max) throws Exception {
        if (left == 0) {
            stop();
            return 0;
        }
        if (consumer == null) {
            consumer = in.basicConsume(QUEUE, false, new DefaultConsumer(in) {
                @Override
                public void handleDelivery(
                        String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
                    delivered.add(envelope.getDeliveryTag());
                }
            });
        }
        // More than half of what may be unacknowledged would leave the server nothing to send meanwhile.
        int wanted = Math.min(Math.min(max, BATCH), left);
        List<Long> taken = new ArrayList<>(wanted);
        while (taken.size() < wanted) {
            Long tag = delivered.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (tag == null) {
                throw new IOException(left + " messages should be there, and none comes");
            }
            taken.add(tag);
        }
        for (int parity = 0; parity < 2; parity++) {
            for (int i = parity; i < taken.size(); i += 2) {
                in.basicAck(taken.get(i), false);
            }
        }
        left -= taken.size();
        if (left == 0) {
            // Its answer comes when all acknowledgements have been read.
            in.queueDeclarePassive(QUEUE);
        }
        return taken.size();
    }

    private void stop() throws IOException {
        if (consumer != null) {
            in.basicCancel(consumer);
            consumer = null;
        }
    }

    @Override
    public void close() throws Exception {
        in.queueDelete(QUEUE);
        publishing.close();
        consuming.close();
    }
}
