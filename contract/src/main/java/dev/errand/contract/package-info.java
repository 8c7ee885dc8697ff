/**
 * The behaviours that every broker must show, as a suite that a broker's own tests extend.
 *
 * <p>Read {@link dev.errand.contract.BrokerContract} first, then {@link dev.errand.contract.BrokerFixture}: a new broker
 * needs a fixture and one empty class. The behaviours stand in the classes whose names end in {@code Contract}, one for each
 * subject.
 */
@NullMarked
package dev.errand.contract;

import org.jspecify.annotations.NullMarked;
