package dev.errand;

/** Lifts a payload's bytes from one schema version to the next one. Pure and thread-safe. */
@FunctionalInterface
public interface Upcaster {
    /** Answers the next version's bytes; throws any exception if it cannot, which makes the task undecodable. */
    byte[] upcast(byte[] payload) throws Exception;
}
