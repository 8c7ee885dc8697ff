package dev.errand.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import dev.errand.ConfigurationException;
import dev.errand.Defaults;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queues and exchanges at the broker: declared, or only checked where operators declare them. Declaring again what is
 * there costs a round trip. All queues are quorum queues; what the broker moves by itself it moves with confirms. The arguments
 * are valid on 3.10 and 4.x alike.
 */
final class Topology {
    /** So many returns to a queue, of a message that no worker of ours has judged, make the broker put it aside. */
    static final int POISON_LIMIT = 100;

    private static final Logger log = LoggerFactory.getLogger(Topology.class);
    /** Reading a dead letter returns it; this must never count. 4.x would count to 20 if nothing were said. */
    private static final int NO_LIMIT = 1_000_000_000;

    private final RabbitOptions options;
    private final Layout layout;
    private final Link link;
    private final Set<String> ready = ConcurrentHashMap.newKeySet();
    private volatile boolean whole;
    /** Whether to declare all of it again rather than to believe that it is there. */
    private volatile boolean thorough;

    Topology(RabbitOptions options, Layout layout, Link link) {
        this.options = options;
        this.layout = layout;
        this.link = link;
    }

    /** What every queue needs: the delay levels, the dead letters, and the list of queues. */
    void base() {
        if (options.declares()) {
            if (!thorough && isThere(layout.waiting(Level.ALL.getLast(), 1)) && isThere(layout.subscriptions())) {
                whole = true;
                return;
            }
            link.with("declaring the topology", channel -> {
                declareLevels(channel);
                channel.exchangeDeclareNoWait(layout.events(), BuiltinExchangeType.TOPIC, true, false, false, Map.of());
                channel.queueDeclareNoWait(layout.names(), true, false, false, kept());
                channel.queueDeclareNoWait(layout.dead(), true, false, false, deadLetters());
                channel.queueBind(layout.dead(), layout.lost(), layout.lostKey());
                // The last, so that all the others are there where this is.
                channel.queueDeclare(layout.subscriptions(), true, false, false, kept());
                return true;
            });
        } else {
            for (Level level : Level.ALL) {
                for (int digit = 1; digit < level.values(); digit++) {
                    check(layout.waiting(level, digit));
                }
            }
            check(layout.dead());
            check(layout.names());
            check(layout.subscriptions());
        }
        whole = true;
    }

    private boolean isThere(String physical) {
        return look(physical).isPresent();
    }

    /**
     * From the lowest up, so that each goes on to something that is there. What finds no queue in the end goes to the dead
     * letters: the broker would keep trying it otherwise, and hold up what comes after.
     */
    private void declareLevels(Channel channel) throws IOException {
        channel.exchangeDeclareNoWait(layout.lost(), BuiltinExchangeType.TOPIC, true, false, false, Map.of());
        channel.exchangeDeclareNoWait(
                layout.due(),
                BuiltinExchangeType.TOPIC,
                true,
                false,
                false,
                Map.of("alternate-exchange", layout.lost()));
        String next = layout.due();
        for (Level level : Level.ALL) {
            String exchange = layout.level(level);
            String before = "*.".repeat(level.place());
            channel.exchangeDeclareNoWait(exchange, BuiltinExchangeType.TOPIC, true, false, false, Map.of());
            for (int digit = 1; digit < level.values(); digit++) {
                String queue = layout.waiting(level, digit);
                channel.queueDeclareNoWait(queue, true, false, false, waiting(level.millis(digit), next));
                channel.queueBindNoWait(queue, exchange, before + digit + ".#", Map.of());
            }
            channel.exchangeBindNoWait(next, exchange, before + "0.#", Map.of());
            next = exchange;
        }
    }

    private static Map<String, Object> waiting(long millis, String next) {
        Map<String, Object> arguments = quorum();
        arguments.put("x-message-ttl", millis);
        onTo(arguments, next);
        return arguments;
    }

    private static Map<String, Object> kept() {
        Map<String, Object> arguments = quorum();
        arguments.put("x-delivery-limit", NO_LIMIT);
        return arguments;
    }

    private static Map<String, Object> deadLetters() {
        Map<String, Object> arguments = kept();
        arguments.put("x-message-ttl", Defaults.DEAD_LETTER_AGE.toMillis());
        arguments.put("x-max-length", Defaults.DEAD_LETTERS_PER_QUEUE);
        return arguments;
    }

    private Map<String, Object> work() {
        Map<String, Object> arguments = quorum();
        arguments.put("x-delivery-limit", POISON_LIMIT);
        onTo(arguments, "");
        arguments.put("x-dead-letter-routing-key", layout.dead());
        return arguments;
    }

    private static Map<String, Object> quorum() {
        Map<String, Object> arguments = new HashMap<>();
        arguments.put("x-queue-type", "quorum");
        return arguments;
    }

    /** At least once, for which the broker asks that a full queue refuses. */
    private static void onTo(Map<String, Object> arguments, String exchange) {
        arguments.put("x-dead-letter-exchange", exchange);
        arguments.put("x-dead-letter-strategy", "at-least-once");
        arguments.put("x-overflow", "reject-publish");
    }

    /** Makes sure, once, that a queue of tasks is there; answers what it is called at the broker. */
    String queue(String name) {
        String physical = layout.queue(name);
        if (!ready.contains(physical)) {
            if (!whole) {
                base();
            }
            if (options.declares()) {
                link.with("declaring the queue " + physical, channel -> {
                    channel.queueDeclare(physical, true, false, false, work());
                    channel.queueBind(physical, layout.due(), layout.dueKey(physical));
                    return true;
                });
            } else {
                check(physical);
            }
            ready.add(physical);
        }
        return physical;
    }

    /** Makes sure, once, that there is a place for a queue's tasks on their last chance; answers what it is called. */
    String alone(String name) {
        String physical = layout.alone(name);
        if (!ready.contains(physical)) {
            if (options.declares()) {
                link.with(
                        "declaring the queue " + physical,
                        channel -> channel.queueDeclare(physical, true, false, false, work()));
            } else {
                check(physical);
            }
            ready.add(physical);
        }
        return physical;
    }

    /** Looks again the next time whether this place is there. */
    void forgetAlone(String queue) {
        ready.remove(layout.alone(queue));
    }

    /** Looks again the next time: something was missing, or may be: a node that crashed forgets what was declared just before. */
    void doubt() {
        thorough = true;
        whole = false;
        ready.clear();
    }

    /** Looks again the next time whether this queue is there. */
    void forget(String queue) {
        ready.remove(layout.queue(queue));
    }

    /** Has the events of these keys come into a queue. */
    void bind(String queue, Collection<String> keys) {
        // Somebody may have removed it since it was last seen.
        forget(queue);
        String physical = queue(queue);
        if (options.declares()) {
            link.with("binding the queue " + physical, channel -> {
                for (String key : keys) {
                    channel.queueBind(physical, layout.events(), key);
                }
                return true;
            });
        }
    }

    /** Has the events of these keys not come into a queue any more. */
    void unbind(String queue, Collection<String> keys) {
        String physical = layout.queue(queue);
        link.with("unbinding the queue " + physical, channel -> {
            for (String key : keys) {
                channel.queueUnbind(physical, layout.events(), key);
            }
            return true;
        });
    }

    /** Empties a queue of what nobody holds, and deletes it if nobody consumes it. */
    void remove(String queue) {
        removePhysical(layout.queue(queue));
        removePhysical(layout.alone(queue));
    }

    private void removePhysical(String physical) {
        Optional<AMQP.Queue.DeclareOk> found = look(physical);
        if (found.isEmpty()) {
            return;
        }
        link.with("removing the queue " + physical, channel -> {
            channel.queuePurge(physical);
            if (found.get().getConsumerCount() == 0) {
                channel.queueDelete(physical);
            }
            return true;
        });
        ready.remove(physical);
    }

    /** How many messages are ready in a queue, and who consumes; empty if there is no such queue. */
    Optional<AMQP.Queue.DeclareOk> look(String physical) {
        return link.with("looking at the queue " + physical, channel -> {
            try {
                return Optional.of(channel.queueDeclarePassive(physical));
            } catch (IOException | ShutdownSignalException e) {
                if (Failures.isNotFound(e)) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    private void check(String physical) {
        if (look(physical).isEmpty()) {
            throw new ConfigurationException(
                    "RabbitMQ at " + options + " has no queue '" + physical
                            + "', and topology=check forbids to declare it. Declare it as docs/rabbitmq.md lists, or give topology=declare");
        }
        log.debug("the queue {} is there", physical);
    }
}
