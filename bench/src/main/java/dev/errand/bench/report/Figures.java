package dev.errand.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What one workload gave. What does not apply is empty.
 *
 * @param system whose figures these are: {@code errand}, or the name of a peer
 * @param broker the kind of broker: {@code sqlite}
 * @param workload its name: {@code enqueue-64}
 * @param n how many tasks (or calls) the figures are of
 * @param seconds how long all measured rounds took together
 * @param rate tasks (or calls) a second, the median of the rounds
 * @param bareRate the same of the bare client, from the same run
 * @param times of single calls or tasks; the workload says which
 * @param lost tasks that never ran
 * @param duplicates runs beyond the first of each task
 * @param unexplained those of them for which there was no reason
 * @param notes for people, one sentence each
 * @param failures what must not have happened, beside lost and repeated tasks
 */
public record Figures(
        String system,
        String broker,
        String workload,
        long n,
        OptionalDouble seconds,
        OptionalDouble rate,
        OptionalDouble bareRate,
        Optional<Quantiles> times,
        OptionalLong lost,
        OptionalLong duplicates,
        long unexplained,
        List<String> notes,
        List<String> failures) {

    /** Copies the lists. */
    public Figures {
        notes = List.copyOf(notes);
        failures = List.copyOf(failures);
    }

    /** Figures of ours, so far with the number alone. */
    public static Figures of(String broker, String workload, long n) {
        return new Figures(
                "errand",
                broker,
                workload,
                n,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                0,
                List.of(),
                List.of());
    }

    /** Figures of another system. */
    public Figures by(String otherSystem) {
        return new Figures(
                otherSystem,
                broker,
                workload,
                n,
                seconds,
                rate,
                bareRate,
                times,
                lost,
                duplicates,
                unexplained,
                notes,
                failures);
    }

    /** For people: the workload, and whose figures these are if not ours. */
    public String label() {
        return system.equals("errand") ? workload : workload + ", " + system;
    }

    /** With a rate, and the time that was measured. */
    public Figures withRate(double perSecond, double measuredSeconds) {
        return new Figures(
                system,
                broker,
                workload,
                n,
                OptionalDouble.of(measuredSeconds),
                OptionalDouble.of(perSecond),
                bareRate,
                times,
                lost,
                duplicates,
                unexplained,
                notes,
                failures);
    }

    /** With the bare client's rate. */
    public Figures withBare(OptionalDouble perSecond) {
        return new Figures(
                system,
                broker,
                workload,
                n,
                seconds,
                rate,
                perSecond,
                times,
                lost,
                duplicates,
                unexplained,
                notes,
                failures);
    }

    /** With times. */
    public Figures withTimes(Optional<Quantiles> quantiles) {
        return new Figures(
                system,
                broker,
                workload,
                n,
                seconds,
                rate,
                bareRate,
                quantiles,
                lost,
                duplicates,
                unexplained,
                notes,
                failures);
    }

    /** With what became of the tasks. */
    public Figures withCensus(long neverRan, long ranAgain, long withoutReason) {
        return new Figures(
                system,
                broker,
                workload,
                n,
                seconds,
                rate,
                bareRate,
                times,
                OptionalLong.of(neverRan),
                OptionalLong.of(ranAgain),
                withoutReason,
                notes,
                failures);
    }

    /** With one more note. */
    public Figures note(String sentence) {
        List<String> more = new ArrayList<>(notes);
        more.add(sentence);
        return new Figures(
                system,
                broker,
                workload,
                n,
                seconds,
                rate,
                bareRate,
                times,
                lost,
                duplicates,
                unexplained,
                more,
                failures);
    }

    /** With a failure, if there was one. */
    public Figures failedIf(boolean failed, String what) {
        List<String> all = new ArrayList<>(failures);
        if (failed) {
            all.add(what);
        }
        return new Figures(
                system, broker, workload, n, seconds, rate, bareRate, times, lost, duplicates, unexplained, notes, all);
    }

    /** Ours by bare, if both are there. */
    public OptionalDouble ratio() {
        return rate.isPresent() && bareRate.isPresent() && bareRate.getAsDouble() > 0
                ? OptionalDouble.of(rate.getAsDouble() / bareRate.getAsDouble())
                : OptionalDouble.empty();
    }

    /** What must not have happened, in words; empty when all is well. */
    public List<String> troubles() {
        List<String> all = new ArrayList<>();
        if (lost.orElse(0) > 0) {
            all.add(workload + ": " + lost.getAsLong() + " tasks never ran");
        }
        if (unexplained > 0) {
            all.add(workload + ": " + unexplained + " tasks ran again without a reason");
        }
        failures.forEach(failure -> all.add(workload + ": " + failure));
        return all;
    }
}
