package dev.errand.client;

import dev.errand.CapabilityException;
import dev.errand.ConfigurationException;
import dev.errand.TypeSpec;
import dev.errand.broker.Broker;
import dev.errand.broker.Capability;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Knows every task type that a client has used, and checks each once: one name, one meaning, and a broker that can. */
public final class TypeRegistry {
    private final Broker broker;
    private final Codecs codecs;
    private final Map<String, TypeSpec<?>> known = new ConcurrentHashMap<>();

    /** For the types used with one broker. */
    public TypeRegistry(Broker broker, Codecs codecs) {
        this.broker = broker;
        this.codecs = codecs;
    }

    /**
     * Checks the type.
     *
     * @throws ConfigurationException if another type has its name, or nothing can carry its payload
     * @throws CapabilityException if the broker cannot do what it needs
     */
    public void check(TypeSpec<?> spec) {
        TypeSpec<?> seen = known.get(spec.name());
        if (spec.equals(seen)) {
            return;
        }
        if (seen != null
                && !(seen.payloadType().equals(spec.payloadType())
                        && seen.resultType().equals(spec.resultType()))) {
            throw new ConfigurationException("Two task types have the name " + spec.name() + ": one carries "
                    + seen.payloadType().getTypeName() + ", the other "
                    + spec.payloadType().getTypeName()
                    + "; rename one of them");
        }
        codecs.check(spec);
        require(broker, spec.requires(), "Task type " + spec.name());
        known.put(spec.name(), spec);
    }

    /**
     * The same for the type of an event that somebody subscribes to: several subscribers may each see their own in it, so it is
     * not compared with others.
     */
    public void checkAlone(TypeSpec<?> spec) {
        codecs.check(spec);
        require(broker, spec.requires(), "Event " + spec.name());
    }

    /** Refuses unless the broker has all of them. */
    public static void require(Broker broker, Set<Capability> needed, String who) {
        for (Capability capability : needed) {
            if (!broker.profile().can(capability)) {
                throw new CapabilityException(who + " needs " + capability + ", which the broker "
                        + broker.profile().name() + " does not have; "
                        + switch (capability) {
                            case SHARED -> "use a broker that does (sqlite:), or drop the feature";
                            case EVENT_HISTORY -> "let it begin with new ones: no broker keeps old events yet";
                            default -> "use a broker that does (sqlite:, memory:), or drop the feature";
                        });
            }
        }
    }
}
