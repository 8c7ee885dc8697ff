package dev.errand;

import dev.errand.broker.Envelope;
import dev.errand.broker.Names;
import dev.errand.client.Declaration;
import dev.errand.client.EnvelopeFactory;
import dev.errand.schedule.At;
import dev.errand.schedule.Cron;
import dev.errand.schedule.Definition;
import dev.errand.schedule.Every;
import dev.errand.schedule.Missed;
import dev.errand.schedule.Overlap;
import dev.errand.schedule.Rule;
import dev.errand.schedule.Template;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A schedule as code wants it: a name, a task, a rule. Immutable: every method answers a new value. Declare it with
 * {@link WorkerBuilder#schedule}, or store it at run time with {@link Schedules}.
 *
 * <pre>{@code
 * Schedule.of("nightly-report", Reports.REPORT, new ReportRequest("sales"))
 *     .cron("0 3 * * *", ZoneId.of("Europe/Berlin")).overlap(Overlap.QUEUE).missed(Missed.once())
 * }</pre>
 *
 * @param <P> the payload
 */
public final class Schedule<P> {
    private final String name;
    private final AnyTaskType<P> type;
    private final P payload;
    private final @Nullable Rule rule;
    private final Overlap overlap;
    private final Missed missed;
    private final Duration jitter;
    private final List<Consumer<EnqueueOptions>> options;

    private Schedule(
            String name,
            AnyTaskType<P> type,
            P payload,
            @Nullable Rule rule,
            Overlap overlap,
            Missed missed,
            Duration jitter,
            List<Consumer<EnqueueOptions>> options) {
        this.name = name;
        this.type = type;
        this.payload = payload;
        this.rule = rule;
        this.overlap = overlap;
        this.missed = missed;
        this.jitter = jitter;
        this.options = options;
    }

    /**
     * A schedule without a rule yet; throws {@link InvalidTaskException} if the name is not one.
     *
     * @param name names it among all schedules of the broker
     * @param payload the same for all its tasks; the due time of each is in its header {@code errand.schedule.due}
     */
    public static <P> Schedule<P> of(String name, AnyTaskType<P> type, P payload) {
        return new Schedule<>(
                Names.check("schedule", name),
                type,
                payload,
                null,
                Overlap.SKIP,
                Missed.once(),
                Duration.ZERO,
                List.of());
    }

    /** Due by a cron expression, as {@link Cron#parse} reads it. */
    public Schedule<P> cron(String expression, ZoneId zone) {
        return rule(Cron.parse(expression, zone));
    }

    /** Due at every multiple of an interval since 1970: {@link Every#of}. */
    public Schedule<P> every(Duration interval) {
        return rule(Every.of(interval));
    }

    /** Due at {@code anchor}, and at every multiple of the interval before and after it. */
    public Schedule<P> every(Duration interval, Instant anchor) {
        return rule(new Every(interval, anchor));
    }

    /** Due at these times. */
    public Schedule<P> at(Instant... times) {
        return rule(At.of(times));
    }

    /** Due by this rule. */
    public Schedule<P> rule(Rule next) {
        return new Schedule<>(name, type, payload, next, overlap, missed, jitter, options);
    }

    /** What is done when the last task has not ended; {@link Overlap#SKIP} by default. */
    public Schedule<P> overlap(Overlap choice) {
        return new Schedule<>(name, type, payload, rule, choice, missed, jitter, options);
    }

    /** What is done about due times at which no worker was running; {@link Missed#once} by default. */
    public Schedule<P> missed(Missed choice) {
        return new Schedule<>(name, type, payload, rule, overlap, choice, jitter, options);
    }

    /** Delays each run by less than this, so that not all schedules fire on the hour; 0 to 24 hours, zero by default. */
    public Schedule<P> jitter(Duration most) {
        return new Schedule<>(name, type, payload, rule, overlap, missed, most, options);
    }

    /** Another queue than the type's. */
    public Schedule<P> queue(String queue) {
        return with(o -> o.queue(queue));
    }

    /** As {@link EnqueueOptions#priority}. */
    public Schedule<P> priority(int higherFirst) {
        return with(o -> o.priority(higherFirst));
    }

    /** As {@link EnqueueOptions#header}. */
    public Schedule<P> header(String header, String value) {
        return with(o -> o.header(header, value));
    }

    /** As {@link EnqueueOptions#maxAttempts}. */
    public Schedule<P> maxAttempts(int attempts) {
        return with(o -> o.maxAttempts(attempts));
    }

    /** As {@link EnqueueOptions#timeout}. */
    public Schedule<P> timeout(Duration limit) {
        return with(o -> o.timeout(limit));
    }

    private Schedule<P> with(Consumer<EnqueueOptions> option) {
        List<Consumer<EnqueueOptions>> all = new ArrayList<>(options);
        all.add(option);
        Schedule<P> next = new Schedule<>(name, type, payload, rule, overlap, missed, jitter, List.copyOf(all));
        next.choices(); // refuses at once what is out of range
        return next;
    }

    private EnqueueOptions choices() {
        EnqueueOptions chosen = new EnqueueOptions();
        options.forEach(option -> option.accept(chosen));
        return chosen;
    }

    /** The schedule's name. */
    public String name() {
        return name;
    }

    AnyTaskType<P> type() {
        return type;
    }

    Declaration declaration(EnvelopeFactory envelopes) {
        if (rule == null) {
            throw new ConfigurationException(
                    "The schedule " + name + " has no rule; give it one with cron(…), every(…) or at(…)");
        }
        Envelope sample = envelopes.make(type.spec(), payload, choices().toChoices());
        Template task = new Template(
                sample.type(),
                sample.queue(),
                sample.priority(),
                sample.policy(),
                sample.unique(),
                sample.partitionKey(),
                sample.headers());
        return new Declaration(name, new Definition(rule, overlap, missed, jitter, task, Map.of()), sample.payload());
    }

    @Override
    public String toString() {
        return name;
    }
}
