package dev.errand.examples.orders.demo;

import dev.errand.examples.orders.smtp.StoredMail;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What became of the orders that were acknowledged.
 *
 * @param orders acknowledged
 * @param mails of them, those whose mail arrived
 * @param duplicates mails that arrived again
 * @param retried orders whose mail did not arrive with the first attempt
 * @param dead orders that are dead letters
 * @param waiting orders with neither whose task is on the broker, on its way
 * @param lost orders with neither that are not on the broker
 * @param unknown orders with neither, where the broker cannot say whether their tasks are there
 */
record Tally(int orders, int mails, int duplicates, int retried, int dead, int waiting, int lost, int unknown) {
    /**
     * Counts.
     *
     * @param acknowledged ids of orders
     * @param arrived every mail, as often as it arrived; those of other orders do not count
     * @param deadLetters ids of orders
     * @param onTheBroker ids of orders; empty: the broker cannot say
     */
    static Tally of(
            Set<String> acknowledged,
            Collection<StoredMail> arrived,
            Set<String> deadLetters,
            Optional<Set<String>> onTheBroker) {
        Set<String> mailed = new HashSet<>();
        Set<String> retried = new HashSet<>();
        Set<String> messages = new HashSet<>();
        int duplicates = 0;
        for (StoredMail mail : arrived) {
            if (!acknowledged.contains(mail.orderId())) {
                continue;
            }
            mailed.add(mail.orderId());
            if (mail.attempt() > 1) {
                retried.add(mail.orderId());
            }
            if (!messages.add(mail.messageId())) {
                duplicates++;
            }
        }
        int dead = 0;
        int waiting = 0;
        int lost = 0;
        int unknown = 0;
        for (String order : acknowledged) {
            if (deadLetters.contains(order)) {
                dead++;
            } else if (!mailed.contains(order)) {
                if (onTheBroker.isEmpty()) {
                    unknown++;
                } else if (onTheBroker.get().contains(order)) {
                    waiting++;
                } else {
                    lost++;
                }
            }
        }
        return new Tally(acknowledged.size(), mailed.size(), duplicates, retried.size(), dead, waiting, lost, unknown);
    }

    /** Acknowledged orders without an end that are not known to be lost. */
    int open() {
        return waiting + unknown;
    }
}
