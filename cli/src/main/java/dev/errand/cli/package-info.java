/** The command line: look at tasks, queues, workers and schedules on any broker, and act on them. */
@NullMarked
package dev.errand.cli;

import org.jspecify.annotations.NullMarked;
