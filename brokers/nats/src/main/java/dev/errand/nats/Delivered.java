package dev.errand.nats;

import io.nats.client.Message;

/**
 * A message that a consumer has handed to us.
 *
 * @param line from where
 * @param message itself
 * @param acknowledge the subject for everything that is to be said about it
 * @param times how often it has been handed to somebody, this time included
 */
record Delivered(Line line, Stored message, String acknowledge, long times) {
    static Delivered of(Line line, Message message) {
        String acknowledge = String.valueOf(message.getReplyTo());
        ReplySubject reply = ReplySubject.parse(acknowledge);
        Stored stored = Stored.of(
                message.getSubject(), reply.sequence(), reply.time(), JetStream.headers(message), message.getData());
        return new Delivered(line, stored, acknowledge, reply.times());
    }
}
