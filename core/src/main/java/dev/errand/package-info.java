/**
 * What a service imports: task types, the client, workers and their handlers.
 *
 * <p>Start at {@link dev.errand.Errand#connect(String)} and {@link dev.errand.TaskType#of(String, Class)}. Everything here
 * is safe for use by many threads unless it says otherwise; builders and option objects are for one thread.
 */
@NullMarked
package dev.errand;

import org.jspecify.annotations.NullMarked;
