/**
 * The in-memory broker: everything that a broker can do, for tests and light use, lost with the process.
 *
 * <p>Read {@link dev.errand.memory.MemoryBroker} first, then {@code Tasks}, which moves a task from state to state; the
 * other classes each keep one order of the tasks (ready, due, kept, by enqueue) or one part of the port.
 */
@NullMarked
package dev.errand.memory;

import org.jspecify.annotations.NullMarked;
