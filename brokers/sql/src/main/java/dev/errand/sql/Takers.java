package dev.errand.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The takes of this broker that wait: at most one for each intake. */
final class Takers {
    private final Set<Ticket> waiting = ConcurrentHashMap.newKeySet();

    void park(Ticket ticket) {
        waiting.add(ticket);
    }

    void leave(Ticket ticket) {
        waiting.remove(ticket);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Claims the takes that wait for one of these queues. */
    List<Call<?>> claim(Set<String> readyQueues) {
        if (readyQueues.isEmpty() || waiting.isEmpty()) {
            return List.of();
        }
        List<Call<?>> claimed = new ArrayList<>();
        for (Ticket ticket : waiting) {
            if (ticket.wantsAny(readyQueues) && ticket.claim()) {
                claimed.add(ticket.call());
            }
        }
        return claimed;
    }

    /** Wakes those that wait for one of these queues: they came too late to be claimed. */
    void ring(Set<String> readyQueues) {
        for (Ticket ticket : waiting) {
            if (ticket.wantsAny(readyQueues)) {
                ticket.ring();
            }
        }
    }

    /** Wakes all. */
    void ringAll() {
        waiting.forEach(Ticket::ring);
    }
}
