package dev.errand;

import dev.errand.broker.Capability;
import dev.errand.broker.Durability;
import dev.errand.time.Time;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Sets a client up. For one thread, within the lambda that it is given to. */
public final class ErrandBuilder {
    Optional<PayloadCodec> codec = Optional.empty();
    Optional<Time> time = Optional.empty();
    Optional<RandomGenerator> random = Optional.empty();
    final List<Middleware> middleware = new ArrayList<>();
    final List<Listener> listeners = new ArrayList<>();
    final Set<Capability> required = EnumSet.noneOf(Capability.class);
    Durability durability = Durability.NONE;
    int maxPayload = Defaults.MAX_PAYLOAD;

    ErrandBuilder() {}

    /** Another codec than the one on the class path. */
    public ErrandBuilder codec(PayloadCodec own) {
        this.codec = Optional.of(own);
        return this;
    }

    /** Wraps every attempt of every worker made from this client. */
    public ErrandBuilder middleware(Middleware wrapper) {
        middleware.add(wrapper);
        return this;
    }

    /** Hears what happens in this client and in every worker made from it. */
    public ErrandBuilder listener(Listener ears) {
        listeners.add(ears);
        return this;
    }

    /** Refuses to start on a broker whose acknowledged tasks survive less. */
    public ErrandBuilder require(Durability least) {
        this.durability = least;
        return this;
    }

    /** Refuses to start on a broker that cannot do these. */
    public ErrandBuilder require(Capability... capabilities) {
        required.addAll(List.of(capabilities));
        return this;
    }

    /**
     * The largest payload, and the largest result of a handler or a step, in bytes, 1 to 64 MiB; 256 KiB by default. There is a
     * warning from a quarter of it for payloads.
     */
    public ErrandBuilder maxPayload(int bytes) {
        if (bytes < 1 || bytes > 64 * 1024 * 1024) {
            throw new ConfigurationException("The payload limit " + bytes + " is out of range; give 1 to 67108864");
        }
        this.maxPayload = bytes;
        return this;
    }

    /** Another source of time, for tests. Not closed with the client. */
    public ErrandBuilder time(Time source) {
        this.time = Optional.of(source);
        return this;
    }

    /** Another source of randomness, thread-safe, for tests. */
    public ErrandBuilder random(RandomGenerator source) {
        this.random = Optional.of(source);
        return this;
    }
}
