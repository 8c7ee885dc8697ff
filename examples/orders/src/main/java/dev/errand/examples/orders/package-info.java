/**
 * Two services and what they share: the order service takes orders over HTTP and enqueues their confirmations; the e-mail
 * service sends them. Start at {@link dev.errand.examples.orders.Mail}.
 */
@NullMarked
package dev.errand.examples.orders;

import org.jspecify.annotations.NullMarked;
