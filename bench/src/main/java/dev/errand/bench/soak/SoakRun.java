package dev.errand.bench.soak;

import dev.errand.CapabilityException;
import dev.errand.ConfigurationException;
import dev.errand.Errand;
import dev.errand.ErrandException;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.bench.broker.BrokerKind;
import dev.errand.bench.broker.Folder;
import dev.errand.bench.broker.Site;
import dev.errand.bench.process.Child;
import dev.errand.broker.Capability;
import dev.errand.broker.Page;
import dev.errand.broker.TaskFilter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** One soak from its start to its verdict. For one thread; {@link #stop} may be called from any. */
final class SoakRun {
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final int TICKS_PER_LINE = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int PAGE = 1_000;
    private static final int MEGABYTE = 1_000_000;

    /**
     * How it ended.
     *
     * @param seconds of load
     * @param drainSeconds from the end of the load until nothing waited
     */
    record Result(
            SoakPlan plan,
            String broker,
            Verdict verdict,
            List<Incident> incidents,
            long refused,
            double seconds,
            double drainSeconds) {}

    private final SoakPlan plan;
    private final Folder folder;
    private final Progress progress;
    private final Ledger ledger = new Ledger();
    private final JournalReader journals;
    private final CountDownLatch loadEnds = new CountDownLatch(1);
    private final List<Child> producers = new ArrayList<>();

    SoakRun(SoakPlan plan, Folder folder, Progress progress) {
        this.plan = plan;
        this.folder = folder;
        this.progress = progress;
        this.journals = new JournalReader(folder.path());
    }

    /** Ends the load early; the rest goes on as usual. */
    void stop() {
        loadEnds.countDown();
    }

    Result run() throws IOException, InterruptedException {
        try (Site site = BrokerKind.site(plan.broker(), folder.path());
                Errand errand = Errand.connect(site.url());
                Crew crew = new Crew(site.url(), folder.path())) {
            requireFit(errand);
            SplittableRandom random = new SplittableRandom(plan.seed());
            Mischief mischief = new Mischief(crew, site.server(), random.split(), plan.every());
            for (int i = 0; i < plan.workers(); i++) {
                crew.add(mischief.lease());
            }
            for (int i = 0; i < SoakPlan.PRODUCERS; i++) {
                producers.add(producer(site.url(), "producer-" + (i + 1), random.nextLong()));
            }
            double seconds = load(errand, crew, mischief);
            double drained = drain(errand, crew);
            crew.endAll();
            journals.readOn(ledger);
            Explainer explainer = new Explainer(crew.incidents(), crew.leases());
            Verdict verdict = new Checker(explainer, held(errand)).check(ledger);
            return new Result(plan, site.name(), verdict, crew.incidents(), ledger.refused(), seconds, drained);
        } finally {
            producers.forEach(Child::close);
        }
    }

    private void requireFit(Errand errand) {
        for (Capability needed : List.of(Capability.SHARED, Capability.COUNTS, Capability.LIST)) {
            if (!errand.profile().can(needed)) {
                throw new CapabilityException("A soak needs a broker with " + needed + ", which "
                        + errand.profile().name() + " does not have; name another");
            }
        }
        if (!errand.queues().counts(Script.QUEUE).isEmpty()) {
            throw new ConfigurationException("The queue " + Script.QUEUE
                    + " of this broker holds tasks of an earlier soak; give a broker without them");
        }
    }

    private Child producer(String url, String name, long seed) throws IOException {
        double rate = (double) plan.rate() / SoakPlan.PRODUCERS;
        return Child.start(
                name,
                folder.path(),
                Crew.SMALL,
                Producer.class,
                List.of(
                        url,
                        folder.path().resolve(name + JournalReader.SUFFIX).toString(),
                        Double.toString(rate),
                        Long.toString(seed)));
    }

    private double load(Errand errand, Crew crew, Mischief mischief) throws IOException, InterruptedException {
        awaitReady(crew);
        long start = System.nanoTime();
        FutureTask<Boolean> trouble = new FutureTask<>(() -> {
            mischief.run(time -> loadEnds.await(time.toMillis(), TimeUnit.MILLISECONDS));
            return true;
        });
        Thread.ofPlatform().daemon().name("mischief").start(trouble);
        for (int tick = 1; !loadEnds.await(TICK.toMillis(), TimeUnit.MILLISECONDS); tick++) {
            Duration since = Duration.ofNanos(System.nanoTime() - start);
            if (since.compareTo(plan.load()) >= 0 || trouble.isDone()) {
                break;
            }
            crew.requireAlive();
            requireProducers();
            if (tick % TICKS_PER_LINE == 0) {
                show(errand, crew, since);
                endIfTooLarge();
            }
        }
        loadEnds.countDown();
        double seconds = (System.nanoTime() - start) / 1e9;
        result(trouble);
        return seconds;
    }

    private void awaitReady(Crew crew) throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (!allReady(crew)) {
            crew.requireAlive();
            requireProducers();
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new IOException("The processes of the soak are not ready after " + PATIENCE.toSeconds() + " s");
            }
            TimeUnit.MILLISECONDS.sleep(20);
            journals.readOn(ledger);
        }
    }

    private boolean allReady(Crew crew) {
        for (int i = 0; i < crew.size(); i++) {
            if (!ledger.isReady(crew.name(i))) {
                return false;
            }
        }
        return producers.stream().allMatch(producer -> ledger.isReady(producer.name()));
    }

    private void requireProducers() throws IOException {
        for (Child producer : producers) {
            if (!producer.alive()) {
                throw producer.trouble("has ended, though nobody ended it");
            }
        }
    }

    private void show(Errand errand, Crew crew, Duration since) throws IOException {
        journals.readOn(ledger);
        try {
            progress.show(since, ledger, errand.queues().counts(Script.QUEUE), crew.incidents());
        } catch (ErrandException e) {
            progress.say("the broker does not answer: " + e.getMessage());
        }
    }

    private void endIfTooLarge() throws IOException {
        if (folder.size() > plan.diskMegabytes() * MEGABYTE) {
            progress.say("the folder has reached " + plan.diskMegabytes() + " MB: the load ends early");
            loadEnds.countDown();
        }
    }

    private static void result(FutureTask<Boolean> trouble) throws IOException, InterruptedException {
        try {
            trouble.get();
        } catch (ExecutionException e) {
            throw new IOException("The soak could not ill-treat its workers: " + e.getCause(), e.getCause());
        }
    }

    /** Waits until nothing waits, or the time is up; answers for how long. */
    private double drain(Errand errand, Crew crew) throws IOException, InterruptedException {
        long start = System.nanoTime();
        progress.say("the load has ended; draining");
        for (Child producer : producers) {
            producer.endInput();
        }
        for (Child producer : producers) {
            if (!producer.awaitEnd(PATIENCE)) {
                throw producer.trouble("does not end");
            }
        }
        while (waiting(errand) > 0 && System.nanoTime() - start < plan.drain().toNanos()) {
            crew.requireAlive();
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private static long waiting(Errand errand) {
        Map<TaskState, Long> counts = errand.queues().counts(Script.QUEUE);
        return Progress.waiting(counts);
    }

    private static Map<String, Held> held(Errand errand) {
        Map<String, Held> all = new HashMap<>();
        Optional<String> cursor = Optional.empty();
        do {
            Page<TaskInfo> page = errand.tasks().list(TaskFilter.ALL.inQueue(Script.QUEUE), cursor, PAGE);
            for (TaskInfo info : page.items()) {
                int crashes = info.envelope().history().crashes();
                all.put(info.id().value(), new Held(info.state(), info.cause(), crashes));
            }
            cursor = page.next();
        } while (cursor.isPresent());
        return all;
    }
}
