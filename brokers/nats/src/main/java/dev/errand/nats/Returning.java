package dev.errand.nats;

import dev.errand.AttemptError;
import dev.errand.broker.Envelope;
import dev.errand.broker.History;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Sends delivered messages back without running them: those that nobody asked for in time, those that are not due, and those
 * that come again because their lease has run out. The latter count a crash, unless a copy shows that the attempt had ended:
 * then it died between storing the copy and removing the original, which is what is left to do. Always by a copy, whose
 * delivery is its first: so a second delivery means a lost lease, and nothing else.
 */
final class Returning {
    private static final String HOW = "its lease ran out, or the connection or the process of its worker died";

    private final Parts parts;

    private static final class Item {
        final Delivered delivered;
        final Messages.Read read;
        final String tail;
        final List<Future<Message>> copies = new ArrayList<>();

        @Nullable
        Future<Message> sent;

        Item(Delivered delivered, Messages.Read read, String tail) {
            this.delivered = delivered;
            this.read = read;
            this.tail = tail;
        }
    }

    Returning(Parts parts) {
        this.parts = parts;
    }

    void giveBack(List<Delivered> all) {
        if (all.isEmpty()) {
            return;
        }
        List<Item> items = new ArrayList<>(all.size());
        for (Delivered delivered : all) {
            Messages.Read read = parts.read(delivered.line(), delivered.message());
            Item item = new Item(delivered, read, parts.tail(delivered.message(), read));
            items.add(item);
            if (delivered.times() > 1) {
                askForCopies(item);
            }
        }
        Link.Deadline looking = parts.link().deadline();
        for (Item item : items) {
            if (item.copies.isEmpty() || !hasCopy(item, looking)) {
                item.sent = send(
                        item,
                        item.tail,
                        item.read.own() ? item.delivered.message().sequence() : 0L);
            }
        }
        Link.Deadline storing = parts.link().deadline();
        for (Item item : items) {
            if (item.sent == null || isStored(item, item.sent, storing)) {
                parts.acknowledgeSoon(item.delivered.acknowledge());
            }
        }
    }

    private void askForCopies(Item item) {
        Subjects subjects = parts.subjects();
        String queue = item.delivered.line().queue();
        item.copies.add(parts.js().askLast(item.delivered.line().stream(), subjects.task(queue, item.tail)));
        item.copies.add(parts.js().askLast(subjects.delayStream(), subjects.delayed(queue, item.tail)));
        item.copies.add(parts.js().askLast(subjects.deadStream(), subjects.dead(queue, item.tail)));
    }

    private boolean hasCopy(Item item, Link.Deadline deadline) {
        boolean has = false;
        for (Future<Message> asked : item.copies) {
            Optional<Stored> copy = parts.js().stored(asked, deadline);
            has |= copy.isPresent() && isLater(item, copy.get());
        }
        return has;
    }

    private boolean isLater(Item item, Stored copy) {
        Stored original = item.delivered.message();
        return !item.read.own()
                || (copy.revision() > item.read.revision() && Messages.areSameTask(original.headers(), copy.headers()));
    }

    private Future<Message> send(Item item, String tail, @Nullable Long expected) {
        Stored original = item.delivered.message();
        Envelope task = item.read.envelope();
        boolean crashed = item.delivered.times() > 1;
        if (crashed) {
            History history = task.history();
            task = task.withHistory(
                    history.crashed(AttemptError.crash("", HOW, parts.time().now(), history.attempts() + 1)));
        }
        long takes = item.read.takes() + item.delivered.times() - 1;
        long revision = item.read.revision() + 1;
        String queue = item.delivered.line().queue();
        Instant due = task.notBefore();
        if (!item.read.own() && due != null && due.isAfter(parts.time().now())) {
            return parts.publishing()
                    .send(
                            parts.subjects().delayed(queue, item.tail),
                            Messages.encode(task, revision, takes, due),
                            original.body(),
                            Publishing.idOf(item.tail, revision, "d" + original.sequence()),
                            null);
        }
        // A message that cannot be read goes back as it is.
        Headers headers = item.read.defect() == null
                ? Messages.encode(task, revision, takes)
                : Messages.again(original.headers(), revision).put(Messages.TAKES, Long.toString(takes));
        headers.put(Messages.REPLACES, Long.toString(original.sequence()));
        return parts.publishing()
                .send(
                        parts.subjects().task(queue, tail),
                        headers,
                        original.body(),
                        Publishing.idOf(tail, revision, "b" + original.sequence() + "." + item.delivered.times()),
                        expected);
    }

    private boolean isStored(Item item, Future<Message> sent, Link.Deadline deadline) {
        Publishing.Answer answer = parts.publishing().answer(sent, deadline);
        if (answer instanceof Publishing.Answer.Occupied && item.read.own() && isTheLast(item)) {
            // Old servers go on to expect a message of this subject that came later and has been removed.
            String apart = item.tail + ".b" + item.delivered.message().sequence();
            answer = parts.publishing()
                    .answer(send(item, apart, null), parts.link().deadline());
        }
        return answer instanceof Publishing.Answer.Done;
    }

    private boolean isTheLast(Item item) {
        Stored message = item.delivered.message();
        return parts.js()
                .last(item.delivered.line().stream(), message.subject())
                .map(last -> last.sequence() == message.sequence())
                .orElse(true);
    }
}
