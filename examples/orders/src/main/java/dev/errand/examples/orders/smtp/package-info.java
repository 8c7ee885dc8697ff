/** Sending mail by SMTP, and a mail server that keeps what it gets in a folder. */
@NullMarked
package dev.errand.examples.orders.smtp;

import org.jspecify.annotations.NullMarked;
