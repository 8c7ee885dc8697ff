package dev.errand.contract.model;

import dev.errand.broker.Broker;
import dev.errand.time.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/**
 * Does random things to a broker under virtual time and compares every answer, and all that can be seen after it, with the
 * model's. To be extended by each broker with the core and the state level; the properties of {@link Trials} say how many
 * sequences it tries.
 */
public abstract class BrokerModelTest {
    /** For subclasses. */
    protected BrokerModelTest() {}

    /**
     * Opens a new and empty broker; one for each sequence, closed after it.
     *
     * @param time all that the broker may know about time
     * @param random for its attempt tokens
     */
    protected abstract Broker open(ManualTime time, RandomGenerator random);

    /** How many sequences to try, unless {@value Trials#RUNS} says otherwise. */
    protected int runs() {
        return 200;
    }

    /** How long a signal may take, by the real clock, that the broker gives from a thread of its own. */
    protected Duration signalWait() {
        return Duration.ofSeconds(5);
    }

    /** Every answer and all that can be seen are as the model says, for random commands. */
    @Test
    protected void doesWhatTheModelDoes() {
        trials(this::open, signalWait()).check(runs(), 100);
    }

    /** Trials of a broker, for those who want more of them than the test. */
    public static Trials<Command> trials(BiFunction<ManualTime, RandomGenerator, Broker> broker, Duration signalWait) {
        return new Trials<>(Commands::generate, Commands::simpler, () -> {
            ManualTime time = new ManualTime(Instant.parse("2026-03-01T12:00:00Z"));
            RandomGenerator random =
                    RandomGeneratorFactory.of("L64X128MixRandom").create(1);
            return new BrokerTrial(broker.apply(time, random), time, signalWait);
        });
    }
}
