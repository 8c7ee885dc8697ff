/**
 * Three services and what they share: the order service takes orders over HTTP, enqueues their confirmations and publishes that
 * they were placed; the e-mail service sends the confirmations; the stock service subscribes. Start at {@link
 * dev.errand.examples.orders.Mail} and {@link dev.errand.examples.orders.Orders}.
 */
@NullMarked
package dev.errand.examples.orders;

import org.jspecify.annotations.NullMarked;
