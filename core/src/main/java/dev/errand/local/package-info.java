/**
 * Work inside the process, for what need not survive it: bounded, contained, grouped. Start at
 * {@link dev.errand.local.LocalTasks#named(String)}.
 *
 * <p>How it is built: {@code Admission} takes jobs in; {@code Room} knows who runs, who waits and who is next, by atomic steps and
 * without a lock around it; {@code Engine} starts what the room lets start, and sees it to its end; {@code Runner} runs it; a {@code
 * Job} is also the handle that its submitter holds.
 */
@NullMarked
package dev.errand.local;

import org.jspecify.annotations.NullMarked;
