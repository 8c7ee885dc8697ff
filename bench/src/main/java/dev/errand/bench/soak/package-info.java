/**
 * The command {@code soak}: load, workers that are killed and stopped at random, and a checker that accounts for every task.
 *
 * <p>Processes write journals ({@link dev.errand.bench.soak.JournalWriter}); {@link dev.errand.bench.soak.SoakRun} starts them
 * and has {@link dev.errand.bench.soak.Mischief} ill-treat them; {@link dev.errand.bench.soak.Checker} believes nothing but
 * the journals, the list of what was done to the processes, and what the broker holds at the end.
 */
@NullMarked
package dev.errand.bench.soak;

import org.jspecify.annotations.NullMarked;
