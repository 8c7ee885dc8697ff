package dev.errand.examples.orders.smtp;

import java.util.Optional;

/** What a mail server accepts, and who is told. Called on the connections' threads. */
public interface Reception {
    /**
     * Why a mail is not taken.
     *
     * @param code 400 to 499: for now; 500 to 599: for good
     * @param text for people
     */
    record Refusal(int code, String text) {}

    /** Takes every mail. */
    Reception OPEN = new Reception() {};

    /** Whether mail for this address is taken; empty: it is. */
    default Optional<Refusal> refuse(String address) {
        return Optional.empty();
    }

    /** A mail is kept, and its sender is about to be told so. */
    default void stored(StoredMail mail) {}
}
