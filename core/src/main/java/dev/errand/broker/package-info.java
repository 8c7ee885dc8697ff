/**
 * The port that every broker implements: envelopes in, leased deliveries out, outcomes back, all in batches.
 *
 * <p>Read {@link dev.errand.broker.Broker} first, then {@link dev.errand.broker.Intake}, then
 * {@link dev.errand.broker.Envelope}. The behaviour that an implementation owes is proved by the contract suite.
 */
@NullMarked
package dev.errand.broker;

import org.jspecify.annotations.NullMarked;
