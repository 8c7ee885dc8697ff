/**
 * Tasks in NATS JetStream, as open messages: the payload is the body, the rest stands in headers as CloudEvents has them. {@link
 * dev.errand.nats.NatsProvider} is found by URL; the rest is nobody's business.
 *
 * <p>A queue is a work-queue stream with a subject for each task and one pull consumer, {@link dev.errand.nats.Topology}. A
 * message is never changed but replaced by a copy under the same subject, published with the expected sequence of the one
 * before, so that of two attempts one wins; delayed tasks and dead letters are in streams of their own.
 */
@NullMarked
package dev.errand.nats;

import org.jspecify.annotations.NullMarked;
