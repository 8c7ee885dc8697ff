package dev.errand.redis;

import dev.errand.InvalidTaskException;
import dev.errand.TaskId;
import dev.errand.broker.Payload;
import dev.errand.broker.Settled;
import dev.errand.broker.TaskRecords;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Steps, progress and log lines, in fields of the task's hash, so that they go with it whoever ends it. A value is a line of text
 * that says what it is, then its content.
 */
final class RedisRecords implements TaskRecords {
    private static final Settled DONE = new Settled.Done();
    private static final Settled STALE = new Settled.Stale();
    private static final int TOO_MANY = 2;

    private final RedisBroker broker;

    RedisRecords(RedisBroker broker) {
        this.broker = broker;
    }

    @Override
    public List<Settled> write(List<Note> notes) {
        Parts<Note> parts = new Parts<>(notes, note -> note.lease().queue());
        List<Object> answers =
                parts.inOrder(broker.link().runAll(parts.runs(Script.NOTE, this::now, RedisRecords::add)));
        List<Settled> settled = new ArrayList<>(notes.size());
        for (int i = 0; i < notes.size(); i++) {
            long answer = (Long) answers.get(i);
            settled.add(
                    answer == TOO_MANY && notes.get(i) instanceof Note.StepDone step
                            ? new Settled.Refused(tooMany(step))
                            : answer == 0 ? STALE : DONE);
        }
        return settled;
    }

    private static void add(Arguments arguments, Note note) {
        arguments.add(note.lease().task().value()).add(Settling.run(note.lease()));
        switch (note) {
            case Note.StepDone step ->
                arguments
                        .add("S")
                        .add(step.name())
                        .add(value(
                                step.result().version() + " " + step.result().contentType(),
                                step.result().bytes()));
            case Note.Came came ->
                arguments
                        .add("P")
                        .add("")
                        .add(value(
                                came.progress().fraction() + " "
                                        + Messages.millis(came.progress().at()),
                                Keys.bytes(came.progress().text())));
            case Note.Logged logged ->
                arguments
                        .add("L")
                        .add(logged.number())
                        .add(value(
                                Messages.millis(logged.line().at()) + " "
                                        + logged.line().attempt(),
                                Keys.bytes(logged.line().text())));
        }
    }

    private static InvalidTaskException tooMany(Note.StepDone step) {
        return new InvalidTaskException("Task " + step.lease().task() + ": the step '" + step.name()
                + "' cannot be kept, because the task has " + MAX_STEPS
                + " already; do several things in one step, or enqueue child tasks");
    }

    private static byte[] value(String head, byte[] content) {
        byte[] first = Keys.bytes(head + "\n");
        byte[] both = Arrays.copyOf(first, first.length + content.length);
        System.arraycopy(content, 0, both, first.length, content.length);
        return both;
    }

    /** A value as it was written. */
    private record Value(String[] head, byte[] content) {
        static Value of(Object bytes) {
            byte[] all = (byte[]) bytes;
            int end = 0;
            while (end < all.length && all[end] != '\n') {
                end++;
            }
            String head = Keys.text(Arrays.copyOf(all, end));
            return new Value(head.split(" ", 3), Arrays.copyOfRange(all, Math.min(all.length, end + 1), all.length));
        }

        Instant time(int place) {
            return Instant.ofEpochMilli(Long.parseLong(head[place]));
        }

        String text() {
            return Keys.text(content);
        }
    }

    @Override
    public Map<String, Payload> steps(TaskId id) {
        List<?> found = kept(id, "steps");
        Map<Integer, String> names = new TreeMap<>();
        Map<String, Payload> byName = new LinkedHashMap<>();
        for (int i = 0; i + 1 < found.size(); i += 2) {
            String name = Keys.text((byte[]) found.get(i));
            Value value = Value.of(found.get(i + 1));
            names.put(Integer.parseInt(value.head[0]), name);
            byName.put(name, new Payload(value.content, value.head[2], Integer.parseInt(value.head[1])));
        }
        Map<String, Payload> inOrder = new LinkedHashMap<>();
        names.values().forEach(name -> inOrder.put(name, java.util.Objects.requireNonNull(byName.get(name))));
        return inOrder;
    }

    @Override
    public Optional<Progress> progress(TaskId id) {
        return kept(id, "progress").stream().findFirst().map(bytes -> {
            Value value = Value.of(bytes);
            return new Progress(Double.parseDouble(value.head[0]), value.text(), value.time(1));
        });
    }

    @Override
    public List<Line> log(TaskId id) {
        List<Line> lines = new ArrayList<>();
        for (Object bytes : kept(id, "log")) {
            Value value = Value.of(bytes);
            lines.add(new Line(value.time(0), Integer.parseInt(value.head[1]), value.text()));
        }
        return lines;
    }

    /** Of a task that a worker of this process runs the queue is known; others are looked for in every queue. */
    private List<?> kept(TaskId id, String what) {
        for (RedisIntake intake : broker.intakes()) {
            String queue = intake.held().queueOf(id.value());
            if (queue != null) {
                return broker.link()
                        .run(Script.KEPT, queue, now().add(id.value()).add(what));
            }
        }
        List<Link.Run> runs = new ArrayList<>();
        for (String queue : broker.queues().now()) {
            runs.add(Link.Run.on(Script.KEPT, queue, now().add(id.value()).add(what)));
        }
        for (List<?> answer : broker.link().runAll(runs)) {
            if (!answer.isEmpty()) {
                return answer;
            }
        }
        return List.of();
    }

    private Arguments now() {
        return Arguments.at(broker.time().now().toEpochMilli());
    }
}
