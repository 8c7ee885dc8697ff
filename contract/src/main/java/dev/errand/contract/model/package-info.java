/**
 * Model tests of the task state machine: random commands for a broker and for a model of it that is as simple as can be, and
 * the shortest sequence of commands on which the two disagree.
 *
 * <p>Start at {@link dev.errand.contract.model.BrokerModelTest}, which a broker's module extends.
 */
@NullMarked
package dev.errand.contract.model;

import org.jspecify.annotations.NullMarked;
