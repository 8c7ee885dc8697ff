package dev.errand.nats;

import dev.errand.BrokerUnavailableException;
import dev.errand.ConfigurationException;
import dev.errand.InvalidTaskException;
import dev.errand.StorageException;
import dev.errand.broker.Envelope;
import dev.errand.broker.Receipt;
import dev.errand.time.Time;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;

/**
 * Stores new tasks: many on their way at once, bounded by their number and size, and an answer for each. A task is stored
 * under a subject of its own that must be free, and with a message id, so that a repeated enqueue changes nothing.
 */
final class Enqueueing {
    private static final int MOST_AT_ONCE = 1_000;
    private static final long MOST_BYTES = 16L * 1024 * 1024;
    /** How long a call waits for a connection that broke under it. */
    private static final Duration RETURN = Duration.ofSeconds(1);
    /** For the lines of the protocol around a message's own headers. */
    private static final int OVERHEAD = 256;

    private final JetStream js;
    private final Subjects subjects;
    private final Topology topology;
    private final Publishing publishing;
    private final Time time;

    /** Where a task goes. */
    private record Place(String stream, String subject, String tail) {}

    private record Sent(Envelope task, Place place, Future<Message> answer) {}

    Enqueueing(JetStream js, Subjects subjects, Topology topology, Publishing publishing, Time time) {
        this.js = js;
        this.subjects = subjects;
        this.topology = topology;
        this.publishing = publishing;
        this.time = time;
    }

    List<Receipt> enqueue(List<Envelope> tasks) {
        js.link().requireUp();
        List<Receipt> receipts = new ArrayList<>(tasks.size());
        int from = 0;
        while (from < tasks.size()) {
            int to = from;
            long bytes = 0;
            while (to < tasks.size() && to - from < MOST_AT_ONCE && (to == from || bytes < MOST_BYTES)) {
                bytes += tasks.get(to++).payload().size();
            }
            receipts.addAll(storeThroughABreak(tasks.subList(from, to)));
            from = to;
        }
        return receipts;
    }

    /** A connection that turns out to be broken is made again within moments, and the same tasks can be stored again. */
    private List<Receipt> storeThroughABreak(List<Envelope> tasks) {
        int breaks = js.link().breaks();
        try {
            return storeAll(tasks);
        } catch (BrokerUnavailableException e) {
            if (breaks == js.link().breaks() || !js.link().awaitReturn(RETURN)) {
                throw e;
            }
            return storeAll(tasks);
        }
    }

    private List<Receipt> storeAll(List<Envelope> tasks) {
        List<Object> under = new ArrayList<>(tasks.size());
        for (Envelope task : tasks) {
            under.add(send(task));
        }
        Link.Deadline deadline = js.link().deadline();
        List<Receipt> receipts = new ArrayList<>(tasks.size());
        for (Object each : under) {
            receipts.add(each instanceof Sent sent ? receipt(sent, deadline, true) : (Receipt) each);
        }
        return receipts;
    }

    /** The message on its way, or the receipt of one that cannot go. */
    private Object send(Envelope task) {
        topology.queue(task.queue());
        String tail = Subjects.token(task.id().value());
        Instant due = task.notBefore();
        boolean later = due != null && due.isAfter(time.now());
        Place place = later
                ? new Place(subjects.delayStream(), subjects.delayed(task.queue(), tail), tail)
                : new Place(subjects.taskStream(task.queue()), subjects.task(task.queue(), tail), tail);
        Headers headers = later && due != null ? Messages.encode(task, 0, 0, due) : Messages.encode(task, 0, 0);
        Structured.Form form = Structured.pack(headers, task.payload().bytes());
        long most = js.link().connection().getMaxPayload();
        long size = (long) form.headers().serializedLength() + form.body().length + OVERHEAD;
        if (most > 0 && size > most) {
            return new Receipt.Refused(
                    new InvalidTaskException("Task " + task.id() + " of type " + task.type() + " has "
                            + size + " bytes with its headers, and the NATS server takes at most " + most
                            + "; make it smaller, or raise the server's max_payload"));
        }
        String id = Publishing.idOf(task, tail);
        return new Sent(task, place, publishing.send(place.subject, form.headers(), form.body(), id, 0L));
    }

    private Receipt receipt(Sent sent, Link.Deadline deadline, boolean again) {
        return switch (publishing.answer(sent.answer, deadline)) {
            case Publishing.Answer.Done done -> new Receipt.Stored();
            case Publishing.Answer.Occupied occupied -> occupied(sent, again);
            case Publishing.Answer.Unroutable nowhere -> {
                if (!again) {
                    throw new ConfigurationException("No stream of NATS at " + js.link() + " takes the subject "
                            + sent.place.subject + "; have the stream " + sent.place.stream + " made");
                }
                topology.doubt();
                topology.shared();
                yield again(sent.task);
            }
            case Publishing.Answer.Failed failed ->
                new Receipt.Refused(new StorageException("Task " + sent.task.id() + " of type " + sent.task.type()
                        + " cannot be stored in queue " + sent.task.queue() + ": " + failed.why()));
        };
    }

    private Receipt again(Envelope task) {
        Object sent = send(task);
        return sent instanceof Sent once ? receipt(once, js.link().deadline(), false) : (Receipt) sent;
    }

    private Receipt occupied(Sent sent, boolean again) {
        Optional<Stored> there = js.last(sent.place.stream, sent.place.subject);
        if (there.isEmpty()) {
            // It has just gone.
            return again ? again(sent.task) : new Receipt.Duplicate(sent.task.id());
        }
        Envelope stored = Messages.decode(there.get(), sent.task.queue(), sent.place.tail, null)
                .envelope();
        return sent.task.isRepeatOf(stored) ? new Receipt.Stored() : new Receipt.Duplicate(stored.id());
    }
}
