package dev.errand.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.ShutdownSignalException;
import dev.errand.ErrandException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one worker gets from one queue. The broker sends as many messages as were asked for and are not acknowledged; they wait
 * here until a take hands them out. {@link #lock} is held for moments; the calls to the broker are made under {@link #calls},
 * which the thread that reads from the connection never takes.
 */
final class Feed implements Line.Listener {
    private static final Logger log = LoggerFactory.getLogger(Feed.class);

    /** How long nothing comes before a consumption is renewed; the first is for one that had ended, and doubles. */
    private static final Duration FIRST_RENEWAL = Duration.ofSeconds(1);

    private static final Duration LAST_RENEWAL = Duration.ofSeconds(15);

    /** The longest that an end is put off. */
    private static final Duration QUIET = Duration.ofSeconds(2);

    /** So long, and so much, may be kept from other workers because its type has no room here. */
    private static final Duration LONGEST_PASSED = Duration.ofSeconds(1);

    private static final int MOST_PASSED = 200;

    private final RabbitBroker broker;
    private final String queue;
    private final Runnable onChange;
    private final java.util.function.Consumer<Line> onEnd;
    private final ReentrantLock calls = new ReentrantLock();
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Arrival> waiting = new ArrayDeque<>();
    /** What was passed over because its type had no room, in its order. */
    private final ArrayList<Passed> passed = new ArrayList<>();

    private volatile @Nullable Line line;
    /** Whether the queue had nothing more when we looked, and nothing has come since. */
    private volatile boolean empty;
    /** When a take could last have had what waits here. */
    private volatile long askedAt;

    /** When something last came, or was asked for anew. */
    private volatile long activeAt;

    private volatile Duration renewAfter = LAST_RENEWAL;
    private volatile boolean stopped;

    Feed(RabbitBroker broker, String queue, Runnable onChange, java.util.function.Consumer<Line> onEnd) {
        this.broker = broker;
        this.queue = queue;
        this.onChange = onChange;
        this.onEnd = onEnd;
    }

    String queue() {
        return queue;
    }

    @Override
    public void arrived(Arrival arrival) {
        lock.lock();
        try {
            empty = false;
            waiting.add(arrival);
        } finally {
            lock.unlock();
        }
        activeAt = broker.time().nanoTime();
        onChange.run();
    }

    @Override
    public void ended(Line ended, String why) {
        lock.lock();
        try {
            empty = false;
            waiting.removeIf(arrival -> arrival.line() == ended);
            passed.removeIf(one -> one.held().arrival().line() == ended);
        } finally {
            lock.unlock();
        }
        if (!stopped) {
            log.warn("The consumption of queue {} at {} has ended: {}. It begins anew", queue, broker.options(), why);
        }
        doubt();
        onEnd.accept(ended);
        onChange.run();
    }

    /** A message that was passed over at a time of the monotonic clock. */
    private record Passed(Held held, long since) {}

    /**
     * Hands out what waits, at most {@code max}; leaves here what has a type without room. Other workers cannot have that, so
     * after a while, or beyond a bound, it is handed out all the same, for the engine to give it back.
     *
     * @param room what is left for each limited type; is counted down
     */
    List<Held> poll(int max, Map<String, Integer> room, Function<Arrival, Held> reader) {
        long now = broker.time().nanoTime();
        askedAt = now;
        List<Held> some = new ArrayList<>();
        lock.lock();
        try {
            passed.removeIf(one -> {
                boolean goes = some.size() < max
                        && (hasRoom(one.held(), room) || now - one.since() > LONGEST_PASSED.toNanos());
                if (goes) {
                    some.add(one.held());
                }
                return goes;
            });
            while (some.size() < max && !waiting.isEmpty()) {
                Held held = reader.apply(waiting.remove());
                if (hasRoom(held, room) || passed.size() >= MOST_PASSED) {
                    some.add(held);
                } else {
                    passed.add(new Passed(held, now));
                }
            }
        } finally {
            lock.unlock();
        }
        return some;
    }

    private static boolean hasRoom(Held held, Map<String, Integer> room) {
        Integer left = room.get(held.read().envelope().type());
        if (left == null) {
            return true;
        }
        room.computeIfPresent(held.read().envelope().type(), (type, n) -> Math.max(0, n - 1));
        return left > 0;
    }

    /** Has it looked at again. */
    void putBack(Held held) {
        lock.lock();
        try {
            if (!held.arrival().line().isOver()) {
                passed.add(new Passed(held, broker.time().nanoTime()));
            }
        } finally {
            lock.unlock();
        }
    }

    /** All that waits, to be given back. */
    private List<Held> pollAll(Function<Arrival, Held> reader) {
        List<Held> all = new ArrayList<>();
        lock.lock();
        try {
            passed.forEach(one -> all.add(one.held()));
            passed.clear();
            waiting.forEach(arrival -> all.add(reader.apply(arrival)));
            waiting.clear();
        } finally {
            lock.unlock();
        }
        return all;
    }

    /** Whether something was passed over, so that it is worth asking again soon. */
    boolean hasPassed() {
        lock.lock();
        try {
            return !passed.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    int waiting() {
        lock.lock();
        try {
            return waiting.size() + passed.size();
        } finally {
            lock.unlock();
        }
    }

    /** What waits and was not passed over. */
    private int fresh() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    long askedAt() {
        return askedAt;
    }

    boolean isEmpty() {
        return empty;
    }

    /**
     * Sees to it that up to {@code wanted} messages come without an acknowledgement of those before.
     *
     * @param patient whether a little less will do for the moment: an acknowledgement is on its way as a rule
     * @return whether as many are asked for
     */
    boolean want(int wanted, boolean patient) {
        calls.lock();
        try {
            Line current = line;
            if (stopped) {
                return true;
            }
            if (current == null || current.isOver()) {
                String physical = broker.topology().queue(queue);
                current = new Line(broker.consuming().channel("consuming " + physical), this);
                line = current;
                activeAt = broker.time().nanoTime();
            }
            int missing = wanted - fresh() - current.credit();
            if (missing <= 0) {
                return true;
            }
            if (patient && missing <= Math.max(4, current.capacity() / 4) && current.capacity() > 0) {
                return false;
            }
            empty = false;
            current.consume(broker.layout().queue(queue), missing);
            return true;
        } catch (IOException | ShutdownSignalException e) {
            if (Failures.isNotFound(e)) {
                broker.topology().doubt();
            }
            drop();
            throw Failures.of(broker.options(), "consuming the queue " + queue, e);
        } finally {
            calls.unlock();
        }
    }

    /**
     * Asks whether there is nothing more in the queue for us. The second question is answered after all that was on its way
     * when the first was.
     */
    boolean probe() {
        calls.lock();
        try {
            Line current = line;
            if (current == null || current.isOver() || current.credit() == 0) {
                return false;
            }
            String physical = broker.layout().queue(queue);
            empty = true;
            AMQP.Queue.DeclareOk found = current.channel().queueDeclarePassive(physical);
            current.channel().queueDeclarePassive(physical);
            if (found.getMessageCount() > 0 || fresh() > 0) {
                empty = false;
            }
            return empty;
        } catch (IOException | ShutdownSignalException e) {
            drop();
            throw Failures.of(broker.options(), "looking at the queue " + queue, e);
        } finally {
            calls.unlock();
        }
    }

    /** How long until the consumption should be renewed, if nothing comes until then. */
    Duration renewsIn() {
        return Duration.ofNanos(
                Math.max(0, activeAt + renewAfter.toNanos() - broker.time().nanoTime()));
    }

    /** Something is wrong with the queue, or was: it is worth renewing the consumption soon. */
    void doubt() {
        renewAfter = FIRST_RENEWAL;
    }

    /**
     * Consumes anew, on another channel, after some time without a message. A consumption can be alive and get nothing: a
     * queue that was deleted and soon declared again takes its old consumers over, and sends what they do not see. What is
     * unacknowledged stays as it is.
     */
    void renew() {
        calls.lock();
        try {
            activeAt = broker.time().nanoTime();
            renewAfter =
                    renewAfter.multipliedBy(2).compareTo(LAST_RENEWAL) < 0 ? renewAfter.multipliedBy(2) : LAST_RENEWAL;
            Line current = line;
            if (current == null || current.isOver() || fresh() > 0) {
                return;
            }
            current.withoutAcknowledging(() -> {
                if (!probe() && fresh() == 0) {
                    log.debug("the queue {} may have messages and sends none", queue);
                }
                current.cancel();
                current.channel().basicQos(1);
            });
            line = null;
            empty = false;
            current.retire();
            broker.topology().forget(queue);
        } catch (IOException | ShutdownSignalException e) {
            drop();
            throw Failures.of(broker.options(), "renewing the consumption of queue " + queue, e);
        } finally {
            calls.unlock();
        }
    }

    /**
     * Has nothing more come; answers what waits, which is the caller's to give back. The broker counts a message that is on
     * its way when the consumption ends as returned, and a return is taken for a crash. So the end is put off until nothing
     * can be on its way: all that may come has come, or the queue has nothing more. Meanwhile nothing is acknowledged, for
     * that would have more come.
     */
    List<Held> pause(Function<Arrival, Held> reader) {
        calls.lock();
        try {
            Line current = line;
            if (current != null && !current.isOver() && current.capacity() > 0) {
                current.withoutAcknowledging(() -> {
                    long end = broker.time().nanoTime() + QUIET.toNanos();
                    while (current.credit() > 0 && !probe() && broker.time().nanoTime() - end < 0) {
                        Thread.onSpinWait();
                    }
                    current.cancel();
                    // What was on its way comes before the answer to this.
                    current.channel().basicQos(1);
                });
            }
        } catch (IOException | ShutdownSignalException | ErrandException e) {
            log.debug("the consumption of {} could not be ended in good order", queue, e);
            drop();
        } finally {
            calls.unlock();
        }
        empty = false;
        return pollAll(reader);
    }

    /** Begins anew with the next wish; everything unacknowledged goes back to the queue. */
    void drop() {
        Line current = line;
        if (current != null) {
            line = null;
            if (!current.isOver()) {
                broker.losses().add(broker.time().now());
            }
            current.abort();
        }
    }

    void stop() {
        stopped = true;
    }

    /** Ends it in good order. */
    void close() {
        stopped = true;
        calls.lock();
        try {
            Line current = line;
            if (current != null) {
                current.close();
            }
        } finally {
            calls.unlock();
        }
    }
}
