package dev.errand.observe;

import dev.errand.Errand;
import dev.errand.Health;
import dev.errand.Worker;
import dev.errand.observe.StatusServer.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * What the probes answer. Live: every worker's threads move. Ready: every worker takes and runs, the broker answers, nothing
 * stops. Both say why not.
 */
final class Probes {
    private final Errand errand;
    private final BooleanSupplier brokerUp;
    private volatile boolean everWorked;

    Probes(Errand errand, BooleanSupplier brokerUp) {
        this.errand = errand;
        this.brokerUp = brokerUp;
    }

    Answer live() {
        List<String> lines = new ArrayList<>();
        return answer(workers(lines, health -> health.state() != Health.State.STALLED), lines);
    }

    Answer ready() {
        List<String> lines = new ArrayList<>();
        boolean ready = workers(lines, health -> health.state() == Health.State.RUNNING);
        if (everWorked && lines.isEmpty()) {
            ready = false;
            lines.add("the workers have stopped");
        }
        if (!brokerUp.getAsBoolean()) {
            ready = false;
            lines.add("the broker does not answer");
        }
        return answer(ready, lines);
    }

    private boolean workers(List<String> lines, Predicate<Health> good) {
        boolean all = true;
        for (Worker worker : errand.ownWorkers()) {
            everWorked = true;
            Health health = worker.health();
            all &= good.test(health);
            lines.add("worker " + worker.name() + ": " + health.state()
                    + (health.detail().isEmpty() ? "" : " since " + health.since() + ": " + health.detail()));
        }
        return all;
    }

    private static Answer answer(boolean good, List<String> lines) {
        StringBuilder text = new StringBuilder(good ? "ok\n" : "not ok\n");
        lines.forEach(line -> text.append(line.replace('\n', ' ')).append('\n'));
        return Answer.text(good ? 200 : 503, text.toString());
    }
}
