package dev.errand.rabbitmq;

import dev.errand.broker.Lease;

/**
 * What an attempt holds: a delivery that is not acknowledged.
 *
 * @param lease the attempt's right
 * @param arrival the delivery
 * @param read what it says
 */
record Held(Lease lease, Arrival arrival, Reading.Read read) {}
