/** The engine alone, on the broker in memory, measured by JMH. Start at {@link dev.errand.bench.engine.EngineBench}. */
@NullMarked
package dev.errand.bench.engine;

import org.jspecify.annotations.NullMarked;
