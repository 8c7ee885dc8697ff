/**
 * Tasks in RabbitMQ queues, as open messages: the payload is the body, the rest are headers. {@link
 * dev.errand.rabbitmq.RabbitProvider} is found by URL; the rest is nobody's business.
 */
@NullMarked
package dev.errand.rabbitmq;

import org.jspecify.annotations.NullMarked;
