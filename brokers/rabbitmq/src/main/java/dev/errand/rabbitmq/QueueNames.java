package dev.errand.rabbitmq;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The names of all queues that were ever used, kept at the broker, which cannot list them: one message each. Who brings a new
 * one adds it; what two have added at the same time is dropped by who reads it next.
 */
final class QueueNames {
    private final Layout layout;
    private final Scans scans;
    private final Publisher publisher;
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final ReentrantLock adding = new ReentrantLock();

    QueueNames(Layout layout, Scans scans, Publisher publisher) {
        this.layout = layout;
        this.scans = scans;
        this.publisher = publisher;
    }

    /** Remembers a queue. */
    void add(String queue) {
        if (known.contains(queue)) {
            return;
        }
        adding.lock();
        try {
            if (!known.contains(queue) && !all().contains(queue)) {
                byte[] name = queue.getBytes(StandardCharsets.UTF_8);
                var properties = new com.rabbitmq.client.AMQP.BasicProperties.Builder()
                        .deliveryMode(2)
                        .contentType("text/plain")
                        .build();
                Delays.Address here = new Delays.Address("", layout.names());
                publisher.publish(List.of(new Parcel(null, here, new Message(properties, name))));
            }
            known.add(queue);
        } finally {
            adding.unlock();
        }
    }

    /** Forgets a queue. */
    void remove(String queue) {
        known.remove(queue);
        scans.scan(layout.names(), found -> {
            boolean its = new String(found.message().body(), StandardCharsets.UTF_8).equals(queue);
            return its ? Scans.Fate.DROP : Scans.Fate.KEEP;
        });
    }

    /** All of them, in order. */
    List<String> all() {
        Set<String> all = new HashSet<>();
        scans.scan(layout.names(), found -> {
            boolean repeated = !all.add(new String(found.message().body(), StandardCharsets.UTF_8));
            return repeated ? Scans.Fate.DROP : Scans.Fate.KEEP;
        });
        known.addAll(all);
        return List.copyOf(new TreeSet<>(all));
    }
}
