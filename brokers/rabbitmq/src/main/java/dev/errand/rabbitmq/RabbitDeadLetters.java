package dev.errand.rabbitmq;

import dev.errand.DeadCause;
import dev.errand.InvalidTaskException;
import dev.errand.StorageException;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.DeadLetters;
import dev.errand.broker.Envelope;
import dev.errand.broker.Page;
import dev.errand.broker.TaskFilter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The dead letters, all in one queue, looked through from one end to the other for each call ({@link Scans}). What is redriven
 * is published and confirmed before it is removed here: a crash in between leaves it in both places.
 */
final class RabbitDeadLetters implements DeadLetters {
    /** Newest first. */
    private static final Comparator<Place> NEWEST =
            Comparator.comparing(Place::ended).thenComparing(Place::id).reversed();
    /** What a bulk call changes in one look. */
    private static final int SLICE = 1_000;
    /** What a bulk call holds in memory, in bytes of payload. */
    private static final long SLICE_BYTES = 32L * 1024 * 1024;

    private final RabbitBroker broker;

    RabbitDeadLetters(RabbitBroker broker) {
        this.broker = broker;
    }

    private record Place(Instant ended, String id) {
        static Place of(TaskInfo task) {
            Instant ended = task.ended();
            return new Place(ended == null ? Instant.EPOCH : ended, task.id().value());
        }

        String cursor() {
            return ended.toEpochMilli() + "."
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(id.getBytes(StandardCharsets.UTF_8));
        }

        static Place of(String cursor) {
            try {
                int dot = cursor.indexOf('.');
                byte[] id = Base64.getUrlDecoder().decode(cursor.substring(dot + 1));
                return new Place(
                        Instant.ofEpochMilli(Long.parseLong(cursor.substring(0, dot))),
                        new String(id, StandardCharsets.UTF_8));
            } catch (RuntimeException e) {
                throw new InvalidTaskException(
                        "The cursor '" + cursor + "' is none; give the one that the previous page answered", e);
            }
        }
    }

    /** One that was found, and what is needed to change it. */
    private record Letter(Scans.Found found, Reading.Read read, TaskInfo info) {
        Place place() {
            return Place.of(info);
        }
    }

    private Letter letter(Scans.Found found) {
        Message message = found.message();
        Reading.Read read = broker.reading()
                .read(message.properties(), message.body(), null, broker.time().now());
        return new Letter(found, read, info(message, read));
    }

    private static TaskInfo info(Message message, Reading.Read read) {
        Writing.Death death = read.death() == null ? byBroker(message, read) : read.death();
        return new TaskInfo(
                read.envelope(),
                TaskState.DEAD,
                null,
                null,
                null,
                null,
                death.at(),
                death.cause(),
                death.reason(),
                false,
                null);
    }

    /** What the broker has put aside by its delivery limit, or what another program has put there. */
    private static Writing.Death byBroker(Message message, Reading.Read read) {
        java.util.Date sent = message.properties().getTimestamp();
        Instant at = sent == null ? Instant.EPOCH : sent.toInstant();
        String defect = read.defect();
        if (defect != null) {
            return new Writing.Death(at, DeadCause.UNDECODABLE, defect);
        }
        var headers = message.properties().getHeaders();
        Object why = headers == null ? null : headers.get("x-first-death-reason");
        return why != null && why.toString().equals("expired")
                ? new Writing.Death(at, DeadCause.REFUSED, "When it was due, its queue was not there any more")
                : new Writing.Death(
                        at, DeadCause.CRASHED, "The broker put it aside: taken too often without an outcome");
    }

    private static Predicate<TaskInfo> wanted(TaskFilter filter) {
        TaskFilter dead = filter.in(TaskState.DEAD);
        return dead::matches;
    }

    private void scan(Scans.Visitor visitor, Scans.After after) {
        broker.scans().scan(broker.layout().dead(), visitor, after);
    }

    @Override
    public Page<TaskInfo> list(TaskFilter filter, Optional<String> cursor, int limit) {
        Place from = cursor.map(Place::of).orElse(null);
        Predicate<TaskInfo> wanted = wanted(filter);
        TreeSet<Letter> newest = new TreeSet<>(Comparator.comparing(Letter::place, NEWEST)
                .thenComparingLong(letter -> letter.found().tag()));
        scan(
                found -> {
                    Letter letter = letter(found);
                    if (wanted.test(letter.info()) && (from == null || NEWEST.compare(letter.place(), from) > 0)) {
                        newest.add(letter);
                        if (newest.size() > limit + 1) {
                            newest.pollLast();
                        }
                    }
                    return Scans.Fate.KEEP;
                },
                List::of);
        List<TaskInfo> page = newest.stream().limit(limit).map(Letter::info).toList();
        boolean more = newest.size() > limit;
        return new Page<>(page, more ? Optional.of(Place.of(page.getLast()).cursor()) : Optional.empty());
    }

    @Override
    public int count(TaskFilter filter, int max) {
        Predicate<TaskInfo> wanted = wanted(filter);
        int[] count = new int[1];
        scan(
                found -> {
                    count[0] += wanted.test(letter(found).info()) ? 1 : 0;
                    return Scans.Fate.KEEP;
                },
                List::of);
        return Math.min(max, count[0]);
    }

    @Override
    public Optional<TaskInfo> show(TaskId id) {
        List<TaskInfo> shown = new ArrayList<>();
        scan(
                found -> {
                    Letter letter = letter(found);
                    if (letter.info().id().equals(id)) {
                        shown.add(letter.info());
                    }
                    return Scans.Fate.KEEP;
                },
                List::of);
        return shown.isEmpty() ? Optional.empty() : Optional.of(shown.getLast());
    }

    @Override
    public boolean redrive(TaskId id) {
        return change(task -> task.id().equals(id), 1, this::redriven) > 0;
    }

    @Override
    public int redriveAll(TaskFilter filter, int max) {
        return change(wanted(filter), max, this::redriven);
    }

    @Override
    public boolean delete(TaskId id) {
        return change(task -> task.id().equals(id), 1, letters -> {}) > 0;
    }

    @Override
    public int purge(TaskFilter filter, int max) {
        return change(wanted(filter), max, letters -> {});
    }

    private interface Change {
        void make(List<Letter> letters);
    }

    /** The oldest first, in slices, each of which is changed and then removed. */
    private int change(Predicate<TaskInfo> wanted, int max, Change change) {
        int done = 0;
        while (done < max) {
            int room = Math.min(SLICE, max - done);
            List<Letter> slice = new ArrayList<>();
            long[] bytes = new long[1];
            scan(
                    found -> {
                        if (slice.size() < room && bytes[0] < SLICE_BYTES) {
                            Letter letter = letter(found);
                            if (wanted.test(letter.info())) {
                                slice.add(letter);
                                bytes[0] += found.message().body().length;
                            }
                        }
                        return Scans.Fate.KEEP;
                    },
                    () -> {
                        if (!slice.isEmpty()) {
                            change.make(slice);
                        }
                        return slice.stream()
                                .map(letter -> letter.found().tag())
                                .toList();
                    });
            done += slice.size();
            if (slice.size() < room && bytes[0] < SLICE_BYTES) {
                break;
            }
        }
        return done;
    }

    private void redriven(List<Letter> letters) {
        List<Parcel> parcels = letters.stream().map(this::again).toList();
        if (broker.publish(parcels).stream().anyMatch(word -> word != Publisher.Word.STORED)) {
            throw new StorageException(
                    "RabbitMQ at " + broker.options()
                            + " did not take all dead letters back into their queues; look whether these are there and not full. None was removed");
        }
    }

    private Parcel again(Letter letter) {
        Envelope task = letter.read().envelope();
        @Nullable Instant deadline = task.deadline();
        boolean passed = deadline != null && !deadline.isAfter(broker.time().now());
        Envelope again = task.withHistory(task.history().redriven()).withDeadline(passed ? null : deadline);
        Writing.Stamp stamp = new Writing.Stamp(letter.read().takes(), null, null);
        Message message =
                broker.writing().write(again, stamp, letter.found().message().properties());
        String physical = broker.topology().queue(task.queue());
        return new Parcel(task.queue(), new Delays.Address("", physical), message);
    }
}
