/** What a worker does for a broker that is a passive store: due tasks, dead workers, retention. Not for users. */
@NullMarked
package dev.errand.upkeep;

import org.jspecify.annotations.NullMarked;
