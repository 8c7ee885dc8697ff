package dev.errand.rabbitmq;

import org.jspecify.annotations.Nullable;

/**
 * A message and where it goes.
 *
 * @param queue the queue of tasks that it is to reach in the end; null: none of those
 * @param to the exchange and the key
 * @param message the message
 */
record Parcel(@Nullable String queue, Delays.Address to, Message message) {}
