package dev.errand.bench;

import dev.errand.bench.broker.Site;
import dev.errand.bench.report.Figures;
import dev.errand.broker.Profile;
import java.util.List;

/** One thing to measure. */
interface Workload {
    /** As it is called on the command line and in the figures. */
    String name();

    /** Whether {@code --quick} leaves it out. */
    default boolean slow() {
        return false;
    }

    /** Whether it makes sense on a broker that promises this. */
    default boolean suits(Profile profile) {
        return true;
    }

    /** Measures; the site is its own, and is closed by the caller. */
    List<Figures> run(Run run, Site site) throws Exception;
}
