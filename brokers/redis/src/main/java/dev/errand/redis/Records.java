package dev.errand.redis;

import dev.errand.broker.WorkerRegistry.Registered;
import dev.errand.broker.WorkerSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Records of workers: asynq's, by which its tools show us and we see Go workers, and one of our own. Stateless. */
final class Records {
    /** Go's zero time, which stands for none. */
    private static final long GO_ZERO_SECONDS = -62_135_596_800L;
    /** Of a payload that is only looked at. */
    private static final int SHOWN_BYTES = 512;

    private Records() {}

    // ---- asynq's

    /** asynq's {@code ServerInfo}. */
    static byte[] server(WorkerSpec spec, String status, int running) {
        ProtoWriter out = new ProtoWriter()
                .text(1, spec.host())
                .number(2, spec.pid())
                .text(3, spec.id())
                .number(4, spec.concurrency());
        new TreeMap<>(spec.queues())
                .forEach((queue, weight) ->
                        out.message(5, entry -> entry.text(1, queue).number(2, weight)));
        return out.flag(6, spec.strict())
                .text(7, status)
                .message(8, time -> timestamp(time, spec.started()))
                .number(9, running)
                .toBytes();
    }

    /** Reads asynq's {@code ServerInfo}; what it does not say is left empty. */
    static Registered readServer(byte[] bytes, Instant seen) throws ProtoReader.Broken {
        String host = "";
        long pid = 0;
        String id = "";
        int concurrency = 0;
        Map<String, Integer> queues = new LinkedHashMap<>();
        boolean strict = false;
        Instant started = Instant.EPOCH;
        int running = 0;
        ProtoReader in = new ProtoReader(bytes);
        while (in.next()) {
            switch (in.field()) {
                case 1 -> host = in.text();
                case 2 -> pid = in.number();
                case 3 -> id = in.text();
                case 4 -> concurrency = (int) in.number();
                case 5 -> readWeight(in.message(), queues);
                case 6 -> strict = in.flag();
                case 8 -> started = readTimestamp(in.message());
                case 9 -> running = (int) in.number();
                default -> in.skip();
            }
        }
        WorkerSpec spec = new WorkerSpec(
                id,
                "asynq@" + host,
                host,
                pid,
                started,
                queues,
                strict,
                concurrency,
                Set.of(),
                Duration.ZERO,
                Duration.ofSeconds(30));
        return new Registered(spec, seen, running);
    }

    /** asynq's {@code WorkerInfo}; the payload is cut, because it is written again every few seconds and only looked at. */
    static byte[] worker(WorkerSpec spec, Held.Run run) {
        byte[] payload = run.task().payload().bytes();
        Instant started = run.started();
        Instant until = started.plus(run.task().policy().timeout());
        return new ProtoWriter()
                .text(1, spec.host())
                .number(2, spec.pid())
                .text(3, spec.id())
                .text(4, run.lease().task().value())
                .text(5, run.task().type())
                .bytes(6, payload.length > SHOWN_BYTES ? Arrays.copyOf(payload, SHOWN_BYTES) : payload)
                .text(7, run.lease().queue())
                .message(8, time -> timestamp(time, started))
                .message(9, time -> timestamp(time, until))
                .toBytes();
    }

    /** What asynq shows of a schedule. */
    record ScheduleEntry(
            String id,
            String spec,
            String type,
            byte[] payload,
            List<String> options,
            Instant next,
            java.util.Optional<Instant> previous) {
        byte[] encode() {
            ProtoWriter out =
                    new ProtoWriter().text(1, id).text(2, spec).text(3, type).bytes(4, payload);
            options.forEach(option -> out.text(5, option));
            return out.message(6, time -> timestamp(time, next))
                    .message(7, time -> timestamp(time, previous.orElse(Instant.ofEpochSecond(GO_ZERO_SECONDS))))
                    .toBytes();
        }
    }

    /** What asynq remembers of a schedule's run. */
    static byte[] enqueueEvent(String task, Instant at) {
        return new ProtoWriter()
                .text(1, task)
                .message(2, time -> timestamp(time, at))
                .toBytes();
    }

    private static void timestamp(ProtoWriter out, Instant at) {
        out.number(1, at.getEpochSecond()).number(2, at.getNano());
    }

    private static Instant readTimestamp(ProtoReader in) throws ProtoReader.Broken {
        long seconds = 0;
        long nanos = 0;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> seconds = in.number();
                case 2 -> nanos = in.number();
                default -> in.skip();
            }
        }
        return Instant.ofEpochSecond(Math.clamp(seconds, GO_ZERO_SECONDS, 253_402_300_799L), nanos);
    }

    // ---- ours

    /** What a worker says of itself, for its own kind. */
    static byte[] own(WorkerSpec spec, Instant seen, int running) {
        ProtoWriter out = new ProtoWriter()
                .text(1, spec.id())
                .text(2, spec.name())
                .text(3, spec.host())
                .number(4, spec.pid())
                .number(5, spec.started().toEpochMilli())
                .flag(7, spec.strict())
                .number(8, spec.concurrency())
                .number(10, spec.longestTimeout().toMillis())
                .number(11, spec.lease().toMillis())
                .number(12, seen.toEpochMilli())
                .number(13, running);
        spec.queues()
                .forEach((queue, weight) ->
                        out.message(6, entry -> entry.text(1, queue).number(2, weight)));
        spec.types().forEach(type -> out.text(9, type));
        return out.toBytes();
    }

    static Registered readOwn(byte[] bytes) throws ProtoReader.Broken {
        String[] texts = {"", "", ""};
        long pid = 0;
        long started = 0;
        Map<String, Integer> queues = new LinkedHashMap<>();
        boolean strict = false;
        int concurrency = 0;
        Set<String> types = new LinkedHashSet<>();
        long longest = 0;
        long lease = 0;
        long seen = 0;
        int running = 0;
        ProtoReader in = new ProtoReader(bytes);
        while (in.next()) {
            switch (in.field()) {
                case 1, 2, 3 -> texts[in.field() - 1] = in.text();
                case 4 -> pid = in.number();
                case 5 -> started = in.number();
                case 6 -> readWeight(in.message(), queues);
                case 7 -> strict = in.flag();
                case 8 -> concurrency = (int) in.number();
                case 9 -> types.add(in.text());
                case 10 -> longest = in.number();
                case 11 -> lease = in.number();
                case 12 -> seen = in.number();
                case 13 -> running = (int) in.number();
                default -> in.skip();
            }
        }
        WorkerSpec spec = new WorkerSpec(
                texts[0],
                texts[1],
                texts[2],
                pid,
                Instant.ofEpochMilli(started),
                queues,
                strict,
                concurrency,
                types,
                Duration.ofMillis(longest),
                Duration.ofMillis(lease));
        return new Registered(spec, Instant.ofEpochMilli(seen), running);
    }

    private static void readWeight(ProtoReader in, Map<String, Integer> queues) throws ProtoReader.Broken {
        String queue = "";
        int weight = 0;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> queue = in.text();
                case 2 -> weight = (int) in.number();
                default -> in.skip();
            }
        }
        queues.put(queue, weight);
    }
}
