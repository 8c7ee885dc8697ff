/** Time as a port: the system's, or one that a test moves by hand. */
@NullMarked
package dev.errand.time;

import org.jspecify.annotations.NullMarked;
