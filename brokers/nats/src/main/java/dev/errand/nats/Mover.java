package dev.errand.nats;

import dev.errand.BrokerClosedException;
import dev.errand.ErrandException;
import dev.errand.broker.Subscription;
import dev.errand.time.Signal;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves tasks that are due to their queues, on a thread of its own. The server keeps the time: a message that is not due yet is
 * refused with the delay that is left and comes again then, to whichever mover asks. A task that was moved by a mover that died
 * before it could remove it is known by its revision. One in each process with a worker.
 */
final class Mover implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Mover.class);
    private static final int BATCH = 256;
    private static final Duration SOON = Duration.ofMillis(100);
    private static final Duration LATER = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofDays(400);

    private record Move(Delivered delivered, String queue, String tail, Future<Message> sent) {}

    private final Parts parts;
    private final Dispatcher dispatcher;
    private final Signal bell;
    private final Line line;
    private final Thread thread;
    private volatile boolean stopped;

    Mover(Parts parts) {
        this.parts = parts;
        this.bell = new Signal(parts.time());
        this.dispatcher = parts.link().connection().createDispatcher();
        dispatcher.setPendingLimits(-1, -1);
        this.line = new Line(
                parts.link(),
                parts.options(),
                dispatcher,
                "",
                parts.subjects().delayStream(),
                Topology.MOVER,
                parts.options().lease(),
                bell::raise);
        this.thread = Thread.ofPlatform().daemon().name("errand-nats-mover").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!stopped) {
            try {
                if (line.isMissing()) {
                    parts.topology().doubt();
                    parts.topology().shared();
                    line.repaired();
                }
                List<Message> messages = line.poll(BATCH);
                // The next ones come while these are moved.
                line.arm(BATCH);
                if (messages.isEmpty()) {
                    rest(Line.WAIT);
                } else {
                    move(messages);
                }
            } catch (BrokerClosedException e) {
                return;
            } catch (ErrandException e) {
                log.warn("Due tasks could not be moved; tried again: {}", e.getMessage());
                rest(PAUSE);
            } catch (RuntimeException e) {
                log.warn("Due tasks could not be moved; tried again", e);
                rest(PAUSE);
            }
        }
    }

    private void rest(Duration max) {
        try {
            bell.await(max);
        } catch (InterruptedException e) {
            log.debug("Interrupted by nobody of ours; going on", e);
        }
    }

    private void move(List<Message> messages) {
        List<Move> moves = new ArrayList<>(messages.size());
        Instant now = parts.time().now();
        for (Message message : messages) {
            Delivered delivered = Delivered.of(line, message);
            Instant due = Messages.due(delivered.message().headers());
            if (due != null && due.isAfter(now)) {
                Duration left = Duration.between(now, due);
                parts.comeAgain(delivered.acknowledge(), left.compareTo(LONGEST) < 0 ? left : LONGEST);
            } else {
                moves.add(send(delivered));
            }
        }
        Link.Deadline deadline = parts.link().deadline();
        for (Move move : moves) {
            sent(move, parts.publishing().answer(move.sent, deadline));
        }
    }

    private Move send(Delivered delivered) {
        Stored message = delivered.message();
        String queue = Messages.queue(message);
        String tail = parts.subjects().tail(message.subject());
        return new Move(delivered, queue, tail, send(message, queue, tail, 0));
    }

    private Future<Message> send(Stored message, String queue, String tail, long expected) {
        long revision = message.revision() + 1;
        return parts.publishing()
                .send(
                        parts.subjects().task(queue, tail),
                        Messages.again(message.headers(), revision),
                        message.body(),
                        Publishing.idOf(tail, revision, String.format(Locale.ROOT, "m%d", message.sequence())),
                        expected);
    }

    private void sent(Move move, Publishing.Answer answer) {
        String acknowledge = move.delivered.acknowledge();
        switch (answer) {
            case Publishing.Answer.Done done -> parts.acknowledgeSoon(acknowledge);
            case Publishing.Answer.Occupied occupied -> occupied(move);
            case Publishing.Answer.Unroutable nowhere -> {
                parts.topology().doubt();
                parts.topology().shared();
                if (Subscription.nameOf(move.queue).isPresent()) {
                    log.info("A task of the queue {} goes with its subscription, which was removed", move.queue);
                    parts.acknowledgeSoon(acknowledge);
                } else {
                    parts.topology().queue(move.queue);
                    parts.comeAgain(acknowledge, SOON);
                }
            }
            case Publishing.Answer.Failed failed -> {
                log.error("A due task cannot be moved to queue {}; tried again: {}", move.queue, failed.why());
                parts.comeAgain(acknowledge, LATER);
            }
        }
    }

    /** What is there is the original that was not removed yet, or the task itself, moved before; or another one of that id. */
    private void occupied(Move move) {
        Stored message = move.delivered.message();
        String stream = parts.subjects().taskStream(move.queue);
        Optional<Stored> there = parts.js().last(stream, parts.subjects().task(move.queue, move.tail));
        if (there.isEmpty()) {
            parts.comeAgain(move.delivered.acknowledge(), SOON);
            return;
        }
        Map<String, String> headers = there.get().headers();
        if (!Messages.areSameTask(message.headers(), headers)) {
            String apart = move.tail + ".d" + message.sequence();
            finish(move, send(message, move.queue, apart, 0), null);
        } else if (there.get().revision() > message.revision()) {
            parts.acknowledgeSoon(move.delivered.acknowledge());
        } else {
            long original = there.get().sequence();
            finish(move, send(message, move.queue, move.tail, original), original);
        }
    }

    private void finish(Move move, Future<Message> sent, @org.jspecify.annotations.Nullable Long original) {
        if (parts.publishing().answer(sent, parts.link().deadline()) instanceof Publishing.Answer.Done) {
            if (original != null) {
                parts.js().delete(parts.subjects().taskStream(move.queue), original);
            }
            parts.acknowledgeSoon(move.delivered.acknowledge());
        } else {
            parts.comeAgain(move.delivered.acknowledge(), SOON);
        }
    }

    @Override
    public void close() {
        stopped = true;
        bell.raise();
        Leases.join(thread);
        try {
            line.awaitEnd(Line.WAIT.multipliedBy(2));
            for (Message message : line.poll(Integer.MAX_VALUE)) {
                parts.comeAgain(Delivered.of(line, message).acknowledge(), Duration.ofNanos(1));
            }
        } catch (ErrandException e) {
            log.debug("Delayed tasks could not be given back on close; others get them when our time has run out", e);
        }
        parts.link().connection().closeDispatcher(dispatcher);
    }
}
