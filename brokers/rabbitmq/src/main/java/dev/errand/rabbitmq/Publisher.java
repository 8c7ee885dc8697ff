package dev.errand.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConfirmListener;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.ShutdownSignalException;
import dev.errand.BrokerUnavailableException;
import dev.errand.ErrandException;
import dev.errand.time.Time;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Publishes messages and waits for the server's word on each. All callers share one channel, on which at most {@value
 * #WINDOW} messages are unconfirmed: whoever comes then waits. Thread-safe.
 */
final class Publisher {
    /** Enough to keep the server busy; more only costs memory. */
    private static final int WINDOW = 2_000;

    /** What the server said. */
    enum Word {
        /** It has the message, as safely as its queue keeps it. */
        STORED,
        /** No queue wants it. */
        UNROUTABLE,
        /** It has refused it: the queue is full. */
        REFUSED
    }

    private final RabbitOptions options;
    private final Link link;
    private final Time time;
    private final ReentrantLock sending = new ReentrantLock();
    private @Nullable Line current;

    Publisher(RabbitOptions options, Link link, Time time) {
        this.options = options;
        this.link = link;
        this.time = time;
    }

    /**
     * Publishes in the order given, and waits for the answers through interrupts.
     *
     * @throws BrokerUnavailableException if an answer is missing; some may be stored all the same
     */
    List<Word> publish(List<Parcel> parcels) {
        String blocked = link.blocked();
        if (blocked != null) {
            throw blocked(blocked);
        }
        long end = time.nanoTime() + options.timeout().toNanos();
        // Not under the lock: callers that come while there is no connection share one attempt to make it.
        link.connection();
        List<CompletableFuture<Word>> pending = new ArrayList<>(parcels.size());
        boolean interrupted = false;
        try {
            for (Parcel parcel : parcels) {
                pending.add(send(parcel, end));
            }
            List<Word> words = new ArrayList<>(parcels.size());
            for (CompletableFuture<Word> each : pending) {
                while (true) {
                    try {
                        words.add(each.get(Math.max(1, end - time.nanoTime()), TimeUnit.NANOSECONDS));
                        break;
                    } catch (InterruptedException e) {
                        interrupted = true;
                    } catch (ExecutionException e) {
                        throw Failures.of(options, "publishing", Objects.requireNonNull(e.getCause()));
                    } catch (TimeoutException e) {
                        throw silent();
                    }
                }
            }
            return words;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private BrokerUnavailableException blocked(String why) {
        return new BrokerUnavailableException("RabbitMQ at " + options + " takes no messages now: " + why
                + ". Free what it lacks; it is tried again as long as the caller does");
    }

    private ErrandException silent() {
        String blocked = link.blocked();
        if (blocked != null) {
            return blocked(blocked);
        }
        link.giveUp();
        return new BrokerUnavailableException("RabbitMQ at " + options + " has not confirmed within "
                + options.timeout() + "; whether it has stored the messages is not known");
    }

    private CompletableFuture<Word> send(Parcel parcel, long end) {
        sending.lock();
        try {
            if (time.nanoTime() - end > 0) {
                throw silent();
            }
            Line line = line();
            if (!acquire(line.permits, end)) {
                throw silent();
            }
            return line.send(parcel);
        } catch (IOException | ShutdownSignalException e) {
            throw Failures.of(options, "publishing", e);
        } finally {
            sending.unlock();
        }
    }

    /** Through interrupts. */
    private boolean acquire(Semaphore permits, long end) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return permits.tryAcquire()
                            || permits.tryAcquire(Math.max(0, end - time.nanoTime()), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Line line() throws IOException {
        if (current == null || !current.channel.isOpen()) {
            Line line = new Line(link.channel("opening a channel"));
            line.channel.confirmSelect();
            current = line;
        }
        return current;
    }

    /** One channel and what is unconfirmed on it. */
    private static final class Line implements ConfirmListener {
        final Channel channel;
        final Semaphore permits = new Semaphore(WINDOW);
        private final ConcurrentNavigableMap<Long, Waiting> unconfirmed = new ConcurrentSkipListMap<>();

        private record Waiting(Parcel parcel, CompletableFuture<Word> word) {}

        Line(Channel channel) {
            this.channel = channel;
            channel.addConfirmListener(this);
            channel.addReturnListener(this::returned);
            channel.addShutdownListener(cause -> end(cause));
        }

        /** By one thread at a time. */
        CompletableFuture<Word> send(Parcel parcel) throws IOException {
            CompletableFuture<Word> word = new CompletableFuture<>();
            long number = channel.getNextPublishSeqNo();
            unconfirmed.put(number, new Waiting(parcel, word));
            try {
                channel.basicPublish(
                        parcel.to().exchange(),
                        parcel.to().key(),
                        true,
                        parcel.message().properties(),
                        parcel.message().body());
            } catch (IOException | AlreadyClosedException e) {
                answer(number, null, e);
                throw e;
            }
            if (!channel.isOpen()) {
                // It may have been closed between the look of end() and this message's turn.
                answer(number, null, new IOException("the channel was closed"));
            }
            return word;
        }

        private void answer(long number, @Nullable Word word, @Nullable Throwable failure) {
            Waiting waiting = unconfirmed.remove(number);
            if (waiting != null) {
                permits.release();
                if (word != null) {
                    waiting.word.complete(word);
                } else {
                    waiting.word.completeExceptionally(Objects.requireNonNull(failure));
                }
            }
        }

        @Override
        public void handleAck(long number, boolean multiple) {
            answered(number, multiple, Word.STORED);
        }

        @Override
        public void handleNack(long number, boolean multiple) {
            answered(number, multiple, Word.REFUSED);
        }

        private void answered(long number, boolean multiple, Word word) {
            if (multiple) {
                for (Long each : unconfirmed.headMap(number, true).keySet()) {
                    answer(each, word, null);
                }
            } else {
                answer(number, word, null);
            }
        }

        /** What is returned is confirmed as well, afterwards; so the answer has to come first. */
        private void returned(Return message) {
            AMQP.BasicProperties properties = message.getProperties();
            for (var entry : unconfirmed.entrySet()) {
                Parcel parcel = entry.getValue().parcel();
                if (parcel.to().key().equals(message.getRoutingKey())
                        && parcel.to().exchange().equals(message.getExchange())
                        && Objects.equals(parcel.message().properties().getMessageId(), properties.getMessageId())) {
                    answer(entry.getKey(), Word.UNROUTABLE, null);
                }
            }
        }

        private void end(ShutdownSignalException cause) {
            for (Long each : unconfirmed.keySet()) {
                answer(each, null, cause);
            }
        }
    }
}
