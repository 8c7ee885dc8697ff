package dev.errand.broker;

/** What an acknowledged task survives; each level includes those before it. */
public enum Durability {
    /** Nothing: it lives in this process. */
    NONE,
    /** The death of any process of ours or of the broker's. */
    PROCESS_CRASH,
    /** The operating system's crash or a power cut: the broker has synced it to disk. */
    OS_CRASH,
    /** The loss of a whole node. */
    NODE_LOSS;

    /** Whether this level survives at least what {@code other} does. */
    public boolean covers(Durability other) {
        return compareTo(other) >= 0;
    }
}
