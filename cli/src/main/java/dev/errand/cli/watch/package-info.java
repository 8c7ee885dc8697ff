/** The live view of a broker. */
@NullMarked
package dev.errand.cli.watch;

import org.jspecify.annotations.NullMarked;
