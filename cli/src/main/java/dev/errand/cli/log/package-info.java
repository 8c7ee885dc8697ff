/** Logging for a short-lived process: warnings to standard error, who did what to a file. */
@NullMarked
package dev.errand.cli.log;

import org.jspecify.annotations.NullMarked;
