package dev.errand.nats;

import dev.errand.broker.BrokerContext;
import dev.errand.time.Time;
import io.nats.client.Message;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Future;

/**
 * What the parts of a broker share.
 *
 * @param options what the URL says
 * @param context what the engine lends
 * @param link the connection
 * @param js JetStream's own interface
 * @param subjects names
 * @param topology streams and consumers
 * @param publishing stores messages
 */
record Parts(
        NatsOptions options,
        BrokerContext context,
        Link link,
        JetStream js,
        Subjects subjects,
        Topology topology,
        Publishing publishing) {
    private static final byte[] ACK = "+ACK".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PROGRESS = "+WPI".getBytes(StandardCharsets.US_ASCII);

    static Parts of(NatsOptions options, BrokerContext context, Link link) {
        JetStream js = new JetStream(link, options);
        Subjects subjects = new Subjects(options.prefix());
        return new Parts(
                options, context, link, js, subjects, new Topology(js, subjects, options), new Publishing(link));
    }

    Time time() {
        return context.time();
    }

    /** Where a task is kept apart from others of its queue: under its own subject, or what becomes of a foreign one's. */
    String tail(Stored message, Messages.Read read) {
        return read.own()
                ? subjects.tail(message.subject())
                : Subjects.token(read.envelope().id().value()) + "." + message.sequence();
    }

    Messages.Read read(Line line, Stored message) {
        return Messages.decode(message, line.queue(), subjects.tail(message.subject()), options.foreignType());
    }

    /** Removes a delivered message; answered when that is done. */
    Future<Message> acknowledge(String subject) {
        return link.request(subject, null, ACK);
    }

    /** Removes it without an answer: where it fails, the message comes again and is seen to be superseded. */
    void acknowledgeSoon(String subject) {
        link.publish(subject, null, ACK);
    }

    /** Sees to it that the message that this one took the place of is gone; mostly it is. */
    void removeReplaced(Delivered delivered) {
        long replaced = Messages.number(delivered.message().headers(), Messages.REPLACES);
        if (replaced > 0) {
            js.deleteSoon(delivered.line().stream(), replaced);
        }
    }

    /** Keeps a delivered message for another while. */
    Future<Message> renew(String subject) {
        return link.request(subject, null, PROGRESS);
    }

    /** Has a delivered message come again, not before {@code delay} has passed. */
    void comeAgain(String subject, Duration delay) {
        byte[] nak = ("-NAK " + new JsonText().put("delay", delay.toNanos())).getBytes(StandardCharsets.US_ASCII);
        link.publish(subject, null, nak);
    }
}
