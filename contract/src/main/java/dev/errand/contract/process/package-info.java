/**
 * Real processes for the suite: workers and callers that can be killed, stopped and left to die, and the journals from which
 * a test reads what they did.
 *
 * <p>Start at {@link dev.errand.contract.process.Processes}.
 */
@NullMarked
package dev.errand.contract.process;

import org.jspecify.annotations.NullMarked;
