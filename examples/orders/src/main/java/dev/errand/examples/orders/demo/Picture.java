package dev.errand.examples.orders.demo;

import java.time.Duration;
import java.util.List;

/**
 * Everything that a view shows of one moment.
 *
 * @param elapsed since the start
 * @param broker its name and durability
 * @param ledger the orders
 * @param queue the broker's mail queue
 * @param ordersProcess the order service
 * @param mailProcess the e-mail service
 * @param stockProcess the stock service
 * @param told what its subscriptions have noted
 * @param kills how often the e-mail service was killed
 * @param refusing for how long the mail server still refuses everything; zero or less: it does not
 * @param happenings the last ones, and those since the last picture
 */
record Picture(
        Duration elapsed,
        String broker,
        Ledger ledger,
        BrokerWatch.Queue queue,
        Seen ordersProcess,
        Seen mailProcess,
        Seen stockProcess,
        Subscribers.Counts told,
        int kills,
        Duration refusing,
        Happenings happenings) {
    /**
     * A process as it is seen.
     *
     * @param pid its id
     * @param age since its start
     * @param where it is found
     * @param ready whether it is ready
     */
    record Seen(long pid, Duration age, String where, boolean ready) {
        static Seen of(ServiceProcess process, String where) {
            return new Seen(process.pid(), process.age(), where, process.isReady());
        }
    }

    List<Happenings.Happening> last(int max) {
        return happenings.last(max);
    }
}
