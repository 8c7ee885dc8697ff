package dev.errand.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.ShutdownSignalException;
import dev.errand.BrokerUnavailableException;
import dev.errand.time.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks through a queue that nobody consumes: takes all that is in it, exclusively, and gives it back. Two cannot look at the
 * same time; the second one waits. At most {@value #MOST} messages are looked at, the oldest. Nothing is lost if this process
 * dies meanwhile: the broker gives back what it held.
 */
final class Scans {
    /** What a consumer can hold without an acknowledgement is at most 65,535. */
    static final int MOST = 60_000;

    private static final Logger log = LoggerFactory.getLogger(Scans.class);
    private static final Duration BUSY = Duration.ofMillis(20);

    private final RabbitOptions options;
    private final Link link;
    private final Time time;
    private final RandomGenerator random;
    private final ReentrantLock one = new ReentrantLock(true);

    Scans(RabbitOptions options, Link link, Time time, RandomGenerator random) {
        this.options = options;
        this.link = link;
        this.time = time;
        this.random = random;
    }

    /** What becomes of a message that was looked at. */
    enum Fate {
        KEEP,
        DROP
    }

    /**
     * A message that was found.
     *
     * @param tag names it to {@link After}
     * @param message itself
     */
    record Found(long tag, Message message) {}

    /** Looks at one message, the oldest first; by the thread that reads from the connection, so it is quick. */
    interface Visitor {
        Fate visit(Found found);
    }

    /** Does something when all were looked at; answers which others to drop. */
    interface After {
        List<Long> drop();
    }

    void scan(String queue, Visitor visitor) {
        scan(queue, visitor, List::of);
    }

    /** Looks at all messages in a queue, then does {@code after}, then gives back what was not dropped. */
    void scan(String queue, Visitor visitor, After after) {
        long end = time.nanoTime() + options.timeout().toNanos();
        one.lock();
        try {
            while (!attempt(queue, visitor, after, end)) {
                if (time.nanoTime() - end > 0) {
                    throw new BrokerUnavailableException("The queue " + queue + " of RabbitMQ at " + options
                            + " is being looked through by another process for longer than " + options.timeout()
                            + "; try again, or close what consumes it");
                }
                pause();
            }
        } finally {
            one.unlock();
        }
    }

    /** False if somebody else is at it. */
    private boolean attempt(String queue, Visitor visitor, After after, long end) {
        return link.with("looking through " + queue, channel -> {
            AMQP.Queue.DeclareOk found;
            try {
                found = channel.queueDeclarePassive(queue);
            } catch (IOException e) {
                if (Failures.isNotFound(e)) {
                    return true;
                }
                throw e;
            }
            if (found.getConsumerCount() > 0) {
                return false;
            }
            if (found.getMessageCount() == 0) {
                after.drop();
                return true;
            }
            if (found.getMessageCount() > MOST) {
                log.warn(
                        "The queue {} has {} messages; only the oldest {} are looked at",
                        queue,
                        found.getMessageCount(),
                        MOST);
            }
            int count = Math.min(MOST, found.getMessageCount());
            Reader reader = new Reader(channel, visitor, count);
            channel.setDefaultConsumer(reader);
            channel.basicQos(count);
            String consumer;
            try {
                consumer = channel.basicConsume(queue, false, "", false, true, null, reader);
            } catch (IOException e) {
                if (Failures.isCode(e, AMQP.ACCESS_REFUSED)) {
                    return false;
                }
                throw e;
            }
            reader.await(time, end);
            List<Long> dropped = new ArrayList<>(reader.dropped());
            dropped.addAll(after.drop());
            channel.basicCancel(consumer);
            for (long tag : dropped) {
                channel.basicAck(tag, false);
            }
            giveBack(channel, queue, reader.seen() - dropped.size(), end);
            return true;
        });
    }

    /** Returns when all is ready again, so that whoever looks next sees it. */
    private void giveBack(Channel channel, String queue, int count, long end) throws IOException {
        if (count <= 0) {
            return;
        }
        channel.basicNack(0, true, true);
        while (time.nanoTime() - end < 0) {
            AMQP.Queue.DeclareOk now = channel.queueDeclarePassive(queue);
            if (now.getMessageCount() >= count || now.getConsumerCount() > 0) {
                return;
            }
        }
    }

    private void pause() {
        boolean interrupted = false;
        dev.errand.time.Signal never = new dev.errand.time.Signal(time);
        try {
            never.await(BUSY.plusMillis(random.nextInt(20)));
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Counts what comes. */
    private static final class Reader extends DefaultConsumer {
        private final Visitor visitor;
        private final int expected;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private final List<Long> dropped = new ArrayList<>();
        private int seen;
        private boolean over;

        Reader(Channel channel, Visitor visitor, int expected) {
            super(channel);
            this.visitor = visitor;
            this.expected = expected;
        }

        @Override
        public void handleDelivery(
                String tag, com.rabbitmq.client.Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
            lock.lock();
            try {
                if (over) {
                    return; // it goes back with the channel
                }
                seen++;
                Found found = new Found(envelope.getDeliveryTag(), new Message(properties, body));
                if (visitor.visit(found) == Fate.DROP) {
                    dropped.add(found.tag());
                }
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void handleShutdownSignal(String tag, ShutdownSignalException signal) {
            lock.lock();
            try {
                over = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        void await(Time time, long end) throws IOException, TimeoutException {
            boolean interrupted = false;
            lock.lock();
            try {
                while (seen < expected && !over) {
                    long left = end - time.nanoTime();
                    if (left <= 0) {
                        throw new TimeoutException("of " + expected + " messages only " + seen + " came");
                    }
                    try {
                        changed.awaitNanos(Math.min(left, TimeUnit.SECONDS.toNanos(1)));
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
                if (seen < expected) {
                    throw new IOException("the channel was closed");
                }
                over = true;
            } finally {
                lock.unlock();
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        List<Long> dropped() {
            return dropped;
        }

        int seen() {
            return seen;
        }
    }
}
