package dev.errand.broker;

import dev.errand.time.Time;
import java.util.random.RandomGenerator;

/**
 * What the engine lends to a broker.
 *
 * @param time the source of all time
 * @param random the source of all randomness; thread-safe
 * @param crashLimit how many crashes make a task dead, for adapters that must know it before the engine can judge
 */
public record BrokerContext(Time time, RandomGenerator random, int crashLimit) {}
