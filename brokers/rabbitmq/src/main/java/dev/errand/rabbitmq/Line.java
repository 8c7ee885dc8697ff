package dev.errand.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One channel of a {@link Feed}: what is consumed on it, and what is unacknowledged. When it ends, by whatever cause, all that
 * is unacknowledged goes back to the queue; it then tells its feed, once. Its lock is held for moments, never during a call to
 * the broker, because the thread that reads from the connection takes it, too.
 */
final class Line {
    /** What a line tells; on the thread that reads from the connection. */
    interface Listener {
        void arrived(Arrival arrival);

        /** The channel has ended, or is of no use any more. */
        void ended(Line line, String why);
    }

    private final Channel channel;
    private final Listener listener;
    private final ReentrantLock lock = new ReentrantLock();
    /** How many deliveries each active consumer may have unacknowledged. */
    private final Map<String, Integer> consumers = new HashMap<>();

    /** The unacknowledged deliveries, and whose they are. */
    private final TreeMap<Long, String> unacknowledged = new TreeMap<>();

    /** Keeps the words of two threads in order: a tag must not be acknowledged after one that included it. */
    private final ReentrantLock acknowledging = new ReentrantLock();

    private boolean retired;
    private int named;
    private volatile boolean over;

    Line(Channel channel, Listener listener) {
        this.channel = channel;
        this.listener = listener;
        channel.setDefaultConsumer(new Receiver(channel));
        channel.addShutdownListener(cause -> end(Failures.said(cause)));
    }

    private final class Receiver extends DefaultConsumer {
        Receiver(Channel channel) {
            super(channel);
        }

        @Override
        public void handleDelivery(String consumer, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
            long tag = envelope.getDeliveryTag();
            lock.lock();
            try {
                unacknowledged.put(tag, consumer);
            } finally {
                lock.unlock();
            }
            listener.arrived(
                    new Arrival(Line.this, tag, consumer, envelope.isRedeliver(), new Message(properties, body)));
        }

        /** The queue was deleted, or its node is gone. */
        @Override
        public void handleCancel(String consumer) {
            end("the broker ended the consumption");
        }
    }

    private void end(String why) {
        lock.lock();
        try {
            if (over) {
                return;
            }
            over = true;
            consumers.clear();
            unacknowledged.clear();
        } finally {
            lock.unlock();
        }
        listener.ended(this, why);
    }

    boolean isOver() {
        return over || !channel.isOpen();
    }

    Channel channel() {
        return channel;
    }

    /** So many more deliveries would come now. */
    int credit() {
        lock.lock();
        try {
            Map<String, Integer> left = new HashMap<>(consumers);
            unacknowledged.values().forEach(consumer -> left.computeIfPresent(consumer, (k, n) -> n - 1));
            return left.values().stream().mapToInt(n -> n).sum();
        } finally {
            lock.unlock();
        }
    }

    /** How many deliveries may be unacknowledged altogether. */
    int capacity() {
        lock.lock();
        try {
            return consumers.values().stream().mapToInt(n -> n).sum();
        } finally {
            lock.unlock();
        }
    }

    /** Has so many more deliveries come. Calls the broker. */
    void consume(String queue, int more) throws IOException {
        int prefetch = Math.min(more, 65_535);
        channel.basicQos(prefetch);
        String tag;
        lock.lock();
        try {
            tag = "errand-" + ++named;
            consumers.put(tag, prefetch);
        } finally {
            lock.unlock();
        }
        channel.basicConsume(queue, false, tag, new Receiver(channel));
    }

    /** One message, if there is one. Calls the broker. */
    @Nullable
    Arrival get(String queue) throws IOException {
        GetResponse found = channel.basicGet(queue, false);
        if (found == null) {
            return null;
        }
        long tag = found.getEnvelope().getDeliveryTag();
        lock.lock();
        try {
            unacknowledged.put(tag, "");
        } finally {
            lock.unlock();
        }
        Message message = new Message(found.getProps(), found.getBody());
        return new Arrival(this, tag, "", found.getEnvelope().isRedeliver(), message);
    }

    /** Has nothing more come; what has come stays. Calls the broker. */
    void cancel() throws IOException {
        List<String> tags;
        lock.lock();
        try {
            tags = new ArrayList<>(consumers.keySet());
            consumers.clear();
        } finally {
            lock.unlock();
        }
        for (String tag : tags) {
            channel.basicCancel(tag);
        }
    }

    /** Acknowledges what is still ours of these deliveries; as few words as possible. Does not wait for the broker. */
    void acknowledge(Collection<Long> tags) throws IOException {
        acknowledging.lock();
        try {
            List<Long> single = new ArrayList<>();
            long upTo = choose(tags, single);
            if (upTo > 0) {
                channel.basicAck(upTo, true);
            }
            for (long tag : single) {
                channel.basicAck(tag, false);
            }
            if (retired && isDone()) {
                close();
            }
        } catch (ShutdownSignalException e) {
            throw new IOException(e);
        } finally {
            acknowledging.unlock();
        }
    }

    /** Whether nothing is unacknowledged. */
    boolean isDone() {
        lock.lock();
        try {
            return unacknowledged.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is consumed any more; the channel ends with the last acknowledgement. */
    void retire() {
        acknowledging.lock();
        try {
            retired = true;
            if (isDone()) {
                close();
            }
        } finally {
            acknowledging.unlock();
        }
    }

    /** Calls to the broker. */
    interface Calls {
        void make() throws IOException;
    }

    /** Makes calls while nothing is acknowledged; whoever wants to waits. */
    void withoutAcknowledging(Calls calls) throws IOException {
        acknowledging.lock();
        try {
            calls.make();
        } finally {
            acknowledging.unlock();
        }
    }

    /** Answers up to which all is done; what is done beyond that is added to {@code single}. */
    private long choose(Collection<Long> tags, List<Long> single) {
        long upTo = 0;
        lock.lock();
        try {
            TreeSet<Long> mine = new TreeSet<>();
            for (long tag : tags) {
                if (unacknowledged.remove(tag) != null) {
                    mine.add(tag);
                }
            }
            long oldestLeft = unacknowledged.isEmpty() ? Long.MAX_VALUE : unacknowledged.firstKey();
            for (long tag : mine) {
                if (tag < oldestLeft) {
                    upTo = tag;
                } else {
                    single.add(tag);
                }
            }
        } finally {
            lock.unlock();
        }
        return upTo;
    }

    /** Ends the channel in good order: what was acknowledged is done, the rest goes back. */
    void close() {
        lock.lock();
        try {
            over = true;
            consumers.clear();
            unacknowledged.clear();
        } finally {
            lock.unlock();
        }
        abort();
    }

    /** Ends the channel, whatever state it is in; what is unacknowledged goes back. */
    void abort() {
        try {
            channel.abort();
        } catch (IOException e) {
            // It is of no use any more in any case.
        }
    }
}
