package dev.errand.contract.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Looks for a sequence of commands on which something misbehaves, and shrinks what it finds: commands are dropped, many at
 * once at first and at last one by one, and those that are left made simpler, as long as the rest still fails. So a command must be a plain value that makes sense
 * (or does nothing) after any others.
 *
 * <p>Everything follows from one number: the seed, which each failure prints. The system property {@value #SEED} gives it to
 * a later run, {@value #RUNS} says how many sequences to try and {@value #LENGTH} how long they are.
 *
 * @param <C> a command; its {@code toString} reads like code
 */
public final class Trials<C> {
    /** The system property for the first sequence's seed. */
    public static final String SEED = "errand.model.seed";
    /** The system property for the number of sequences. */
    public static final String RUNS = "errand.model.runs";
    /** The system property for the number of commands in a sequence. */
    public static final String LENGTH = "errand.model.length";

    /** The most runs that shrinking may take. */
    private static final int SHRINK_RUNS = 3_000;

    /**
     * One fresh thing under test; used for one sequence.
     *
     * @param <C> a command
     */
    public interface Trial<C> extends AutoCloseable {
        /** Does one command; throws if anything is not as it should be. */
        void step(C command);

        @Override
        void close();
    }

    /**
     * What was found.
     *
     * @param seed of the failing sequence
     * @param length how many commands that had, up to the failing one
     * @param shortest the commands that are left of it
     * @param why what the last of them threw
     * @param <C> a command
     */
    public record Failure<C>(long seed, int length, List<C> shortest, Throwable why) {
        /** Copies the list. */
        public Failure {
            shortest = List.copyOf(shortest);
        }

        /** For people: the sequence, the reason, and how to see it again. */
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder()
                    .append(why.getMessage() == null ? why.toString() : why.getMessage())
                    .append("\n\nShortest failing sequence (")
                    .append(shortest.size())
                    .append(" of ")
                    .append(length)
                    .append(" commands):\n");
            for (C command : shortest) {
                text.append("    ").append(command).append(";\n");
            }
            return text.append("Again: -D" + SEED + "=")
                    .append(seed)
                    .append(" -D" + RUNS + "=1")
                    .toString();
        }
    }

    private final BiFunction<RandomGenerator, Integer, List<C>> generator;
    private final Function<C, List<C>> simpler;
    private final Supplier<? extends Trial<C>> fresh;

    /**
     * Trials of one thing.
     *
     * @param generator makes a sequence of so many commands
     * @param simpler the commands that do a little less than a given one
     * @param fresh makes a new thing to try a sequence on
     */
    public Trials(
            BiFunction<RandomGenerator, Integer, List<C>> generator,
            Function<C, List<C>> simpler,
            Supplier<? extends Trial<C>> fresh) {
        this.generator = generator;
        this.simpler = simpler;
        this.fresh = fresh;
    }

    /**
     * Tries sequences, unless the system properties say otherwise {@code runs} of {@code length} commands with a new seed.
     *
     * @throws AssertionError with the shortest sequence that fails
     */
    public void check(int runs, int length) {
        long seed = Long.getLong(SEED, System.nanoTime() & 0xffff_ffffL);
        Optional<Failure<C>> failure = search(seed, Integer.getInteger(RUNS, runs), Integer.getInteger(LENGTH, length));
        if (failure.isPresent()) {
            throw new AssertionError(failure.get().toString(), failure.get().why());
        }
    }

    /** Tries sequences until one fails; the answer is what is left of that one. */
    public Optional<Failure<C>> search(long seed, int runs, int length) {
        for (long at = seed; at < seed + runs; at++) {
            RandomGenerator random =
                    RandomGeneratorFactory.of("L64X128MixRandom").create(at);
            Optional<Failed<C>> failed = run(generator.apply(random, length));
            if (failed.isPresent()) {
                Failed<C> shortest = shrink(failed.get());
                return Optional.of(new Failure<>(at, failed.get().commands.size(), shortest.commands, shortest.why));
            }
        }
        return Optional.empty();
    }

    /** The commands up to and with the one that failed. */
    private record Failed<C>(List<C> commands, Throwable why) {}

    private Optional<Failed<C>> run(List<C> commands) {
        try (Trial<C> trial = fresh.get()) {
            for (int i = 0; i < commands.size(); i++) {
                try {
                    trial.step(commands.get(i));
                } catch (RuntimeException | AssertionError e) {
                    return Optional.of(new Failed<>(List.copyOf(commands.subList(0, i + 1)), e));
                }
            }
        }
        return Optional.empty();
    }

    private Failed<C> shrink(Failed<C> first) {
        Failed<C> shortest = first;
        int left = SHRINK_RUNS;
        int chunk = Math.max(1, first.commands.size() / 2);
        while (left > 0) {
            Failed<C> before = shortest;
            for (int from = 0; from < shortest.commands.size() && left > 0; left--) {
                Optional<Failed<C>> shorter = run(without(shortest.commands, from, chunk));
                shortest = shorter.orElse(shortest);
                from += shorter.isPresent() ? 0 : chunk;
            }
            if (chunk > 1) {
                chunk /= 2;
                continue;
            }
            for (int at = 0; at < shortest.commands.size() && left > 0; at++) {
                for (C less : simpler.apply(shortest.commands.get(at))) {
                    List<C> commands = new ArrayList<>(shortest.commands);
                    commands.set(at, less);
                    left--;
                    Optional<Failed<C>> simple = run(commands);
                    if (simple.isPresent()) {
                        shortest = simple.get();
                        at--; // perhaps even simpler
                        break;
                    }
                }
            }
            // Until nothing helps: one step may make another possible.
            if (shortest.commands.equals(before.commands)) {
                break;
            }
        }
        return shortest;
    }

    private static <C> List<C> without(List<C> all, int from, int count) {
        List<C> rest = new ArrayList<>(all.subList(0, from));
        rest.addAll(all.subList(Math.min(all.size(), from + count), all.size()));
        return rest;
    }
}
