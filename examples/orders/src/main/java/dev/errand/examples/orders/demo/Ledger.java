package dev.errand.examples.orders.demo;

import dev.errand.examples.orders.smtp.StoredMail;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What is known of each order while the run goes on. Thread-safe. */
final class Ledger {
    final Pace placed = new Pace();
    final Pace arrived = new Pace();

    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final Set<String> mailed = ConcurrentHashMap.newKeySet();
    private final Set<String> dead = ConcurrentHashMap.newKeySet();
    private final Set<String> retried = ConcurrentHashMap.newKeySet();
    private final AtomicInteger duplicates = new AtomicInteger();

    void acknowledged(String order) {
        if (acknowledged.add(order)) {
            placed.count();
        }
    }

    /** One for each arrival. */
    void arrived(StoredMail mail) {
        arrived.count();
        if (!mailed.add(mail.orderId())) {
            duplicates.incrementAndGet();
        }
        if (mail.attempt() > 1) {
            retried.add(mail.orderId());
        }
    }

    /** Answers whether that is news. */
    boolean dead(String order) {
        return dead.add(order);
    }

    int orders() {
        return acknowledged.size();
    }

    int mails() {
        return mailed.size();
    }

    int retried() {
        return retried.size();
    }

    int deadLetters() {
        return dead.size();
    }

    int duplicates() {
        return duplicates.get();
    }

    Set<String> acknowledged() {
        return Set.copyOf(acknowledged);
    }

    /** The acknowledged orders without an end. */
    Set<String> open() {
        Set<String> open = new HashSet<>(acknowledged);
        open.removeAll(mailed);
        open.removeAll(dead);
        return open;
    }
}
