package dev.errand.cli;

import dev.errand.Defaults;
import dev.errand.TaskId;
import dev.errand.broker.Capability;
import dev.errand.broker.Debounce;
import dev.errand.broker.Envelope;
import dev.errand.broker.Names;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import dev.errand.broker.Receipt;
import dev.errand.broker.UniqueKey;
import dev.errand.cli.text.Json;
import dev.errand.cli.text.Safe;
import dev.errand.cli.text.When;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code enqueue}. */
@Command(
        name = "enqueue",
        description = {
            "Store a task; prints its id when it is as safe as the broker's durability says.",
            "What is not given is decided by the task type of the worker that runs it."
        },
        sortOptions = false,
        footer = {
            "",
            "Exit code 0 also if a task with the same id or unique key is there already; its id is printed then."
        })
final class EnqueueCommand extends BrokerCommand {
    private static final int MOST_HEADER = 8 * 1024;
    private static final int MOST_HEADERS = 64;

    @Parameters(index = "0", paramLabel = "TYPE", description = "the task type's wire name")
    String type = "";

    @Parameters(
            index = "1",
            paramLabel = "PAYLOAD",
            arity = "0..1",
            description = "JSON text; - reads standard input, @FILE a file; {} by default")
    String payload = "{}";

    @Option(names = "--queue", paramLabel = "QUEUE", description = "where it waits; ${DEFAULT-VALUE} by default")
    String queue = Defaults.QUEUE;

    @Option(names = "--id", paramLabel = "ID", description = "its id; a new one by default")
    @Nullable
    String id;

    @Option(
            names = "--delay",
            paramLabel = "SPAN",
            description = "not before so much time has passed: 90s, 5m, 1h30m, 2d")
    @Nullable
    Duration delay;

    @Option(names = "--run-at", paramLabel = "TIME", description = "not before this time")
    @Nullable
    When runAt;

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            description = "do not run it after this time, or after a span from now")
    @Nullable
    When deadline;

    @Option(names = "--priority", paramLabel = "N", description = "-100 to 100, higher ones first")
    int priority;

    @Option(names = "--max-attempts", paramLabel = "N", description = "so many counted attempts at most")
    @Nullable
    Integer maxAttempts;

    @Option(names = "--timeout", paramLabel = "SPAN", description = "of one attempt")
    @Nullable
    Duration timeout;

    @Option(names = "--retention", paramLabel = "SPAN", description = "keep it so long after it has completed")
    @Nullable
    Duration retention;

    @Option(names = "--unique", paramLabel = "KEY", description = "only if no task of this type and key waits or runs")
    @Nullable
    String unique;

    @Option(
            names = "--unique-for",
            paramLabel = "SPAN",
            description = "with --unique: and until so long after the enqueue")
    @Nullable
    Duration uniqueFor;

    @Option(
            names = "--debounce",
            paramLabel = "KEY",
            description =
                    "with --delay: take the place of a waiting task of this type and key, which starts its delay anew")
    @Nullable
    String debounce;

    @Option(
            names = "--debounce-max",
            paramLabel = "SPAN",
            description =
                    "with --debounce: due so long after the first one at the latest; 10 times the delay by default")
    @Nullable
    Duration debounceMax;

    @Option(
            names = "--header",
            paramLabel = "NAME=VALUE",
            description = "a header that the handler can read; may be repeated")
    Map<String, String> headers = new LinkedHashMap<>();

    @Mixin
    PayloadSource source = new PayloadSource();

    @Option(names = "--create", description = "make the broker's store (an SQLite file) if it is not there")
    boolean create;

    @Override
    boolean mayCreate() {
        return create;
    }

    @Override
    void check(World world) {
        source.check();
        Names.check("task type", type);
        Names.check("queue", queue);
        if (delay != null && runAt != null) {
            throw Refusal.usage("give --delay or --run-at, not both");
        }
        if (unique == null && uniqueFor != null) {
            throw Refusal.usage("--unique-for goes with --unique KEY");
        }
        checkDebounce();
        if (priority < -100 || priority > 100) {
            throw Refusal.usage("the priority " + priority + " is out of range; give -100 to 100");
        }
        if (maxAttempts != null && maxAttempts < 1) {
            throw Refusal.usage("--max-attempts " + maxAttempts + " is out of range; 1 means a single try");
        }
        Ranges.check("--delay", delay, true);
        Ranges.check("--timeout", timeout, false);
        Ranges.check("--retention", retention, true);
        Ranges.check("--unique-for", uniqueFor, true);
        checkHeaders();
    }

    private void checkDebounce() {
        if (debounce == null && debounceMax != null) {
            throw Refusal.usage("--debounce-max goes with --debounce KEY");
        }
        if (debounce == null) {
            return;
        }
        Names.check("debounce key", debounce);
        if (delay == null || !delay.isPositive()) {
            throw Refusal.usage(
                    "--debounce goes with --delay SPAN: how long the task waits for another one to replace it");
        }
        if (unique != null) {
            throw Refusal.usage("give --debounce or --unique, not both");
        }
        if (debounceMax != null && debounceMax.compareTo(delay) < 0) {
            throw Refusal.usage("--debounce-max must not be shorter than --delay");
        }
        Ranges.check("--debounce-max", debounceMax, false);
    }

    private void checkHeaders() {
        if (headers.size() > MOST_HEADERS) {
            throw Refusal.usage("there are more than " + MOST_HEADERS + " headers; put the data into the payload");
        }
        headers.forEach((name, value) -> {
            Names.check("header name", name);
            if (value.length() > MOST_HEADER) {
                throw Refusal.usage("the header " + name + " has " + value.length() + " characters; at most "
                        + MOST_HEADER + " are allowed");
            }
        });
    }

    @Override
    int run(Session session) {
        if (unique != null && !session.can(Capability.UNIQUE)) {
            session.store(Capability.UNIQUE, "refuse a second task of one key");
        }
        if (debounce != null && !session.can(Capability.DEBOUNCE)) {
            session.store(Capability.DEBOUNCE, "let a task replace the waiting one of its key");
        }
        Envelope task = envelope(session);
        Receipt receipt = session.broker().enqueue(List.of(task)).getFirst();
        return switch (receipt) {
            case Receipt.Stored stored -> {
                session.audit("task " + task.id() + " (type " + type + ", queue " + queue + "): enqueued");
                yield say(session, task.id(), "stored");
            }
            case Receipt.Duplicate duplicate -> {
                session.out().note("Nothing was stored: task " + duplicate.existing() + " has this id or unique key.");
                yield say(session, duplicate.existing(), "duplicate");
            }
            case Receipt.Replaced replaced -> {
                session.audit("task " + replaced.existing() + " (type " + type + ", queue " + queue + "): replaced");
                yield say(session, replaced.existing(), "replaced");
            }
            case Receipt.Refused refused -> throw refused.why();
        };
    }

    private static int say(Session session, TaskId task, String result) {
        if (session.out().isJson()) {
            session.out().item(new Json().put("id", task).put("result", result));
        } else {
            session.out().line(Safe.line(task.value()));
        }
        return Exit.DONE;
    }

    private Envelope envelope(Session session) {
        Instant now = session.now();
        TaskId own = id == null ? TaskId.next(now, session.world().random()) : TaskId.of(id);
        Payload content = source.read(payload, session.world(), null);
        Instant start = delay != null ? now.plus(delay) : runAt == null ? null : runAt.ahead(now);
        Instant notBefore = start == null || !start.isAfter(now) ? null : start;
        Instant last = deadline == null ? null : deadline.ahead(now);
        Ranges.checkTimes(now, notBefore, last);
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.putIfAbsent("enqueued-by", session.world().who());
        return Envelope.of(own, type, content, queue, now, policy())
                .withNotBefore(notBefore)
                .withDeadline(last)
                .withPriority(priority)
                .withUnique(
                        unique == null ? null : new UniqueKey(unique, uniqueFor == null ? Duration.ZERO : uniqueFor))
                .withDebounce(debounce(now))
                .withHeaders(all);
    }

    private @Nullable Debounce debounce(Instant now) {
        if (debounce == null || delay == null) {
            return null;
        }
        if (debounceMax != null) {
            return new Debounce(debounce, now.plus(debounceMax));
        }
        // Ten times the longest delay would be ten years.
        Duration tenTimes =
                delay.compareTo(Defaults.MAX_DELAY.dividedBy(10)) > 0 ? Defaults.MAX_DELAY : delay.multipliedBy(10);
        return new Debounce(debounce, now.plus(tenTimes));
    }

    private Policy policy() {
        Set<Policy.Field> explicit = EnumSet.noneOf(Policy.Field.class);
        if (maxAttempts != null) {
            explicit.add(Policy.Field.MAX_ATTEMPTS);
        }
        if (timeout != null) {
            explicit.add(Policy.Field.TIMEOUT);
        }
        if (retention != null) {
            explicit.add(Policy.Field.RETENTION);
        }
        return new Policy(
                maxAttempts == null ? Defaults.MAX_ATTEMPTS : maxAttempts,
                timeout == null ? Defaults.TIMEOUT : timeout,
                retention == null ? Defaults.RETENTION : retention,
                explicit);
    }
}
