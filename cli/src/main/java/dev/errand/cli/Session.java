package dev.errand.cli;

import dev.errand.CapabilityException;
import dev.errand.TaskInfo;
import dev.errand.broker.Broker;
import dev.errand.broker.Capability;
import dev.errand.broker.DeadLetters;
import dev.errand.broker.QueueStats;
import dev.errand.broker.TaskStore;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A command at work on a broker.
 *
 * @param broker it
 * @param world what is around
 * @param out where results go
 * @param command the command's name, for the record of what was changed
 */
record Session(Broker broker, World world, Output out, String command) {
    private static final Logger AUDIT = LoggerFactory.getLogger("dev.errand.audit");

    Instant now() {
        return world.time().now();
    }

    boolean can(Capability capability) {
        return broker.profile().can(capability);
    }

    /** A part of the broker; refuses with the remedy if it is not there. */
    <T> T part(Class<T> port, Capability needed, String what) {
        if (!can(needed)) {
            throw new CapabilityException("the broker " + broker.profile().name() + " cannot " + what + " (it has no "
                    + needed + "); use one that can, such as sqlite:");
        }
        return part(port);
    }

    private <T> T part(Class<T> port) {
        return broker.extension(port)
                .orElseThrow(() -> new CapabilityException(
                        "the broker " + broker.profile().name() + " has no " + port.getSimpleName()));
    }

    TaskStore store(Capability needed, String what) {
        return part(TaskStore.class, needed, what);
    }

    DeadLetters deadLetters() {
        return part(DeadLetters.class);
    }

    QueueStats stats() {
        return part(QueueStats.class);
    }

    /** A part that may not be there. */
    <T> Optional<T> maybe(Class<T> port, Capability needed) {
        return can(needed) ? broker.extension(port) : Optional.empty();
    }

    /** Keeps who did what. Called when it is done. */
    void audit(String what) {
        AUDIT.info("{} {}: {}", world.who(), command, what);
    }

    /** A task in the words of the record. */
    static String named(TaskInfo task) {
        return "task " + task.id() + " (type " + task.type() + ", queue " + task.queue() + ")";
    }
}
