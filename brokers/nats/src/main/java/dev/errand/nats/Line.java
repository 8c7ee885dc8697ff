package dev.errand.nats;

import io.nats.client.Dispatcher;
import io.nats.client.Message;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What comes from one consumer: at most one request for messages is under way, either for as many as there are now, or one
 * that waits. What came and was not handed out yet lies here. Requests that wait do so for a moment only and are repeated,
 * so that nobody has to be asked to forget one: a message for somebody who has just left would be held until its lease has
 * run out. Thread-safe.
 */
final class Line {
    /** How long the server keeps a request that waits. */
    static final Duration WAIT = Duration.ofMillis(250);

    /** What a request is about, and so what its end says. */
    private enum Request {
        NONE,
        ALL_NOW,
        WAITING
    }

    /** Beyond the time after which the server should have answered. */
    private static final Duration SLACK = Duration.ofSeconds(2);

    /** How long a server takes at most to remove a stream. */
    private static final Duration REMOVAL = Duration.ofSeconds(1);

    private static final long MOST_BYTES = 32L * 1024 * 1024;

    private final Link link;
    private final String queue;
    private final String stream;
    private final String request;
    private final Duration ackWait;
    private final Runnable bell;
    private final String inbox;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Message> messages = new ArrayDeque<>();
    private Request under = Request.NONE;
    private int left;
    private long lostAt;
    private int breaks;
    private boolean empty;
    private boolean missing;
    private long missingSince;
    private long arrived;

    Line(
            Link link,
            NatsOptions options,
            Dispatcher dispatcher,
            String queue,
            String stream,
            String consumer,
            Duration ackWait,
            Runnable bell) {
        this.link = link;
        this.queue = queue;
        this.stream = stream;
        this.ackWait = ackWait;
        this.bell = bell;
        String api = options.domain() == null ? "$JS.API" : "$JS." + options.domain() + ".API";
        this.request = api + ".CONSUMER.MSG.NEXT." + stream + "." + consumer;
        this.inbox = link.connection().createInbox();
        dispatcher.subscribe(inbox, this::came);
    }

    String queue() {
        return queue;
    }

    String stream() {
        return stream;
    }

    /** How long a delivery lasts that is not renewed. */
    Duration ackWait() {
        return ackWait;
    }

    private void came(Message message) {
        lock.lock();
        try {
            if (message.isStatusMessage()) {
                int code = message.getStatus().getCode();
                if (code != 100) {
                    if (code == 503 || (code == 409 && isDeleted(message))) {
                        miss();
                    }
                    empty = under == Request.WAITING || left > 0;
                    under = Request.NONE;
                }
            } else {
                messages.add(message);
                arrived = link.time().nanoTime();
                empty = false;
                if (--left <= 0) {
                    under = Request.NONE;
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        bell.run();
    }

    private static boolean isDeleted(Message message) {
        String why = message.getStatus().getMessage();
        return why != null && why.contains("Deleted");
    }

    /** Up to as many of those that lie here. */
    List<Message> poll(int max) {
        lock.lock();
        try {
            List<Message> some = new ArrayList<>(Math.min(max, messages.size()));
            while (some.size() < max && !messages.isEmpty()) {
                some.add(messages.remove());
            }
            return some;
        } finally {
            lock.unlock();
        }
    }

    /** Up to as many as there are on the server now; none if it is known that there are none. */
    List<Message> pull(int max, boolean even) {
        lock.lock();
        try {
            look();
            if (missing || under != Request.NONE || (empty && !even)) {
                return List.of();
            }
        } finally {
            lock.unlock();
        }
        ask(
                Request.ALL_NOW,
                max,
                new JsonText().put("batch", max).put("no_wait", true).put("max_bytes", mostBytes()));
        awaitEnd(link.timeout());
        return poll(max);
    }

    /** Asks for as many as come within a moment, unless that is being asked. */
    void arm(int max) {
        lock.lock();
        try {
            look();
            if (missing || under != Request.NONE) {
                return;
            }
        } finally {
            lock.unlock();
        }
        ask(Request.WAITING, max, new JsonText().put("batch", max).put("expires", WAIT.toNanos()));
    }

    private long mostBytes() {
        return Math.max(MOST_BYTES, 2 * link.connection().getMaxPayload());
    }

    private void ask(Request kind, int count, JsonText body) {
        lock.lock();
        try {
            under = kind;
            left = count;
            empty = false;
            breaks = link.breaks();
            lostAt = link.time().nanoTime() + (kind == Request.WAITING ? WAIT.plus(SLACK) : SLACK).toNanos();
        } finally {
            lock.unlock();
        }
        try {
            link.publish(request, inbox, body.toString().getBytes(StandardCharsets.UTF_8));
        } catch (RuntimeException e) {
            lock.lock();
            try {
                under = Request.NONE;
            } finally {
                lock.unlock();
            }
            throw e;
        }
    }

    /** A request whose answer will not come is over. */
    private void look() {
        boolean silent = link.time().nanoTime() - lostAt > 0;
        if (under != Request.NONE && (silent || breaks != link.breaks())) {
            // To a request for a consumer that is not there nobody says anything.
            if (silent) {
                miss();
            }
            under = Request.NONE;
            empty = false;
        }
    }

    /** Whether a request is under way. */
    boolean isAsking() {
        lock.lock();
        try {
            return under != Request.NONE;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no request is under way; at most so long. */
    void awaitEnd(Duration max) {
        long end = link.time().nanoTime() + max.toNanos();
        boolean interrupted = false;
        lock.lock();
        try {
            while (under != Request.NONE && link.time().nanoTime() - end < 0) {
                look();
                try {
                    if (under != Request.NONE && changed.awaitNanos(TimeUnit.MILLISECONDS.toNanos(50)) <= 0) {
                        look();
                    }
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            lock.unlock();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void miss() {
        if (!missing) {
            missing = true;
            missingSince = link.time().nanoTime();
        }
    }

    /**
     * Whether stream or consumer are gone, until {@link #repaired}. Not at once: what is made again while the server is still
     * removing it goes the same way.
     */
    boolean isMissing() {
        lock.lock();
        try {
            return missing && link.time().nanoTime() - missingSince > REMOVAL.toNanos();
        } finally {
            lock.unlock();
        }
    }

    /** They are there. */
    void repaired() {
        lock.lock();
        try {
            missing = false;
        } finally {
            lock.unlock();
        }
    }

    /** What has been lying here for longer than {@code max}, because nobody asked for it. */
    List<Message> forgotten(Duration max) {
        lock.lock();
        try {
            boolean old = !messages.isEmpty() && link.time().nanoTime() - arrived > max.toNanos();
            return old ? poll(Integer.MAX_VALUE) : List.of();
        } finally {
            lock.unlock();
        }
    }
}
