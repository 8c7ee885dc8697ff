package dev.errand.rabbitmq;

import com.rabbitmq.client.AMQP;

/**
 * A message as the broker carries it.
 *
 * @param properties with the headers
 * @param body the payload
 */
record Message(AMQP.BasicProperties properties, byte[] body) {}
