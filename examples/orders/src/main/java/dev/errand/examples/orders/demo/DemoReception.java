package dev.errand.examples.orders.demo;

import dev.errand.examples.orders.smtp.Reception;
import dev.errand.examples.orders.smtp.StoredMail;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The demonstration's mail server: takes some time for each mail, as they do; has no mailbox for some, is busy at first for
 * some, and can be told to refuse everything for a while.
 */
final class DemoReception implements Reception {
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(15);

    private final DemoOrders orders;
    private final Ledger ledger;
    private final Happenings happenings;
    private final Map<String, Boolean> askedBefore = new ConcurrentHashMap<>();
    private volatile long refuseUntil = System.nanoTime();

    DemoReception(DemoOrders orders, Ledger ledger, Happenings happenings) {
        this.orders = orders;
        this.ledger = ledger;
        this.happenings = happenings;
    }

    void refuseFor(Duration time) {
        refuseUntil = System.nanoTime() + time.toNanos();
        happenings.add(
                Happenings.Kind.NEWS, "the mail server refuses everything for " + time.toMillis() / 1000.0 + " s");
    }

    /** For how long it still refuses everything; zero or less: it does not. */
    Duration refusing() {
        return Duration.ofNanos(refuseUntil - System.nanoTime());
    }

    @Override
    public Optional<Refusal> refuse(String address) {
        LockSupport.parkNanos(PATIENCE_NANOS);
        if (refusing().isPositive()) {
            return Optional.of(new Refusal(451, "4.3.2 The mail server is closed for a moment"));
        }
        if (address.startsWith(DemoOrders.UNKNOWN)) {
            return Optional.of(new Refusal(550, "5.1.1 There is no mailbox " + address));
        }
        if (address.startsWith(DemoOrders.BUSY) && askedBefore.putIfAbsent(address, true) == null) {
            happenings.add(Happenings.Kind.AGAIN, address + " is busy: refused for now, to be tried again");
            return Optional.of(new Refusal(451, "4.2.1 The mailbox " + address + " is busy"));
        }
        return Optional.empty();
    }

    @Override
    public void stored(StoredMail mail) {
        if (!orders.isOurs(mail.orderId())) {
            return;
        }
        ledger.arrived(mail);
        if (mail.attempt() > 1) {
            happenings.add(
                    Happenings.Kind.GOOD, "order " + mail.orderId() + " is confirmed, at attempt " + mail.attempt());
        }
    }
}
