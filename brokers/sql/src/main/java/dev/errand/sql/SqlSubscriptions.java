package dev.errand.sql;

import dev.errand.CapabilityException;
import dev.errand.TaskState;
import dev.errand.broker.Envelope;
import dev.errand.broker.EventPattern;
import dev.errand.broker.Receipt;
import dev.errand.broker.Subscription;
import dev.errand.broker.Subscriptions;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The subscriptions: a table that every publish reads in the transaction that stores the copies, so that a subscription of
 * whatever process has all that is published after it was made, and an event all of its copies or none.
 */
final class SqlSubscriptions implements Subscriptions {
    /** Each becomes a row for each subscription. */
    private static final int EVENTS_PER_CALL = 32;

    private static final int ROWS_PER_CALL = 256;
    private static final String KNOW = "INSERT INTO queue (name) VALUES (?) ON CONFLICT DO NOTHING";
    private static final String FORGET = "DELETE FROM queue WHERE name = ?"
            + " AND NOT EXISTS (SELECT 1 FROM task WHERE state = 2 AND queue = queue.name)";

    private final SqlBroker broker;
    private final Enqueueing enqueueing;
    private final Listing listing;

    SqlSubscriptions(SqlBroker broker, Enqueueing enqueueing, Listing listing) {
        this.broker = broker;
        this.enqueueing = enqueueing;
        this.listing = listing;
    }

    @Override
    public void subscribe(String subscription, Set<EventPattern> patterns, Start start) {
        if (start == Start.BEGINNING) {
            throw new CapabilityException("The subscription " + subscription + " cannot begin in the past: the broker "
                    + broker.profile().name() + " keeps no events; start it with Start.NOW");
        }
        String queue = Subscription.queueOf(Subscription.checkName(subscription));
        broker.writer().call(1, tx -> {
            SubscriptionRows.put(tx, subscription, patterns);
            // Not by what this process has seen of the table: a removal may have been elsewhere.
            PreparedStatement know = tx.prepare(KNOW);
            know.setString(1, queue);
            return know.executeUpdate();
        });
    }

    @Override
    public List<Subscription> list() {
        return broker.readers().read(SubscriptionRows::all);
    }

    @Override
    public boolean remove(String subscription) {
        boolean was = broker.writer().call(1, tx -> SubscriptionRows.remove(tx, subscription));
        if (was) {
            String queue = Subscription.queueOf(subscription);
            boolean more = true;
            while (more) {
                more = broker.writer().call(ROWS_PER_CALL, tx -> sweep(tx, subscription, queue));
            }
        }
        return was;
    }

    /** Deletes some tasks of a queue; false once there are none, or the subscription has been made anew. */
    private boolean sweep(Transaction tx, String subscription, String queue) throws SQLException {
        if (SubscriptionRows.exists(tx.session(), subscription)) {
            return false;
        }
        List<Known> found = new ArrayList<>();
        for (TaskState state : EnumSet.complementOf(EnumSet.of(TaskState.ACTIVE))) {
            PreparedStatement select = tx.prepare(
                    "SELECT " + Known.COLUMNS + " FROM " + listing.inState(state, false) + " AND queue = ? LIMIT ?");
            select.setString(1, queue);
            select.setInt(2, ROWS_PER_CALL - found.size());
            found.addAll(Known.readAll(select));
        }
        for (Known task : found) {
            Ending.delete(tx, task);
        }
        if (found.size() == ROWS_PER_CALL) {
            return true;
        }
        PreparedStatement forget = tx.prepare(FORGET);
        forget.setString(1, queue);
        forget.executeUpdate();
        return false;
    }

    @Override
    public boolean remove(String subscription, EventPattern pattern) {
        return broker.writer().call(1, tx -> SubscriptionRows.remove(tx, subscription, pattern));
    }

    @Override
    public List<Receipt> publish(List<Envelope> events) {
        return broker.inParts(events, EVENTS_PER_CALL, this::publish);
    }

    private List<Receipt> publish(Transaction tx, List<Envelope> events) throws SQLException {
        Map<String, Set<EventPattern>> patterns = SubscriptionRows.patterns(tx.session());
        List<Envelope> copies = new ArrayList<>();
        List<Receipt> receipts = new ArrayList<>(events.size());
        for (Envelope event : events) {
            patterns.forEach((subscription, wanted) -> {
                if (wanted.stream().anyMatch(pattern -> pattern.matches(event.type()))) {
                    copies.add(Subscription.copy(event, subscription));
                }
            });
            receipts.add(new Receipt.Stored());
        }
        if (!copies.isEmpty()) {
            enqueueing.enqueue(tx, copies);
        }
        return receipts;
    }
}
