package dev.errand.redis;

import dev.errand.TaskId;
import dev.errand.broker.Envelope;
import dev.errand.broker.Receipt;
import dev.errand.broker.UniqueKey;
import dev.errand.time.Time;
import io.lettuce.core.KeyValue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Uniqueness by type and key, whatever the queue: a record for each key, in a slot of its own, that names the task that holds
 * it. Whether that task still waits or runs is looked up when the next one comes; so nothing has to be renewed, and no end of
 * a task can be missed, an asynq worker's included. Tasks that are unique by their payload take asynq's lock of their queue,
 * too.
 *
 * <p>A record is made before its task and confirmed after it; one that is not confirmed within {@link #UNCONFIRMED} and whose
 * task does not exist counts for nothing. Thread-safe.
 */
final class UniqueKeys {
    private static final Duration UNCONFIRMED = Duration.ofSeconds(15);
    /** So long a record outlives what can be foretold of its task; a task that waits for longer is not unique any more. */
    private static final Duration GRACE = Duration.ofDays(30);
    /** A lock is not renewed, so that it is taken for long enough; it goes with its task. */
    private static final Duration LONG_LOCK = Duration.ofDays(1);

    private static final int ROUNDS = 5;

    private static final byte[] STATE = Keys.bytes("state");
    private static final byte[] CAUSE = Keys.bytes("e:cause");

    private final Link link;
    private final Time time;
    private final KnownQueues queues;

    UniqueKeys(Link link, Time time, KnownQueues queues) {
        this.link = link;
        this.time = time;
        this.queues = queues;
    }

    /** A record's text: id, queue, end of the time to live, when it was made, whether it is confirmed. */
    private record Holder(String id, String queue, long until, long made, boolean confirmed) {
        static @Nullable Holder parse(String text) {
            String[] parts = text.split("\n", -1);
            if (parts.length != 5) {
                return null;
            }
            return new Holder(
                    parts[0], parts[1], Long.parseLong(parts[2]), Long.parseLong(parts[3]), parts[4].equals("S"));
        }

        String text() {
            return String.join("\n", id, queue, Long.toString(until), Long.toString(made), confirmed ? "S" : "R");
        }

        Holder stored() {
            return new Holder(id, queue, until, made, true);
        }
    }

    /** What a batch has claimed, by place. */
    static final class Claims {
        private final Map<Integer, Holder> made = new HashMap<>();
        private final Map<Integer, Holder> repeated = new HashMap<>();
        private final Map<Integer, String> former = new HashMap<>();
        private final Set<Integer> unneeded = new HashSet<>();

        /** The task of this place was not stored now, but perhaps long ago, and may have ended: its key is not claimed again. */
        void forget(int place) {
            unneeded.add(place);
        }

        /** Whose asynq lock may be taken over, because it has ended; empty: nobody's. */
        String former(int place) {
            return former.getOrDefault(place, "");
        }
    }

    /** One try to get a key. */
    private static final class Claim {
        private final int place;
        private final Envelope task;
        private final UniqueKey unique;
        private final byte[] key;
        private final Holder mine;
        private String expected = "";
        private int rounds;

        Claim(int place, Envelope task, UniqueKey unique, long now) {
            this.place = place;
            this.task = task;
            this.unique = unique;
            this.key = Keys.unique(task.type(), unique.key());
            this.mine = new Holder(
                    task.id().value(), task.queue(), now + unique.ttl().toMillis(), now, false);
        }

        Link.Run run() {
            return new Link.Run(
                    Script.UNIQUE,
                    key,
                    Arguments.at(mine.made).add(expected).add(mine.text()).add(lifetime(task, unique, mine.made)));
        }
    }

    /** Claims the keys of a batch, as if one after the other; a key that is held makes its task a duplicate. */
    Claims claim(List<Envelope> tasks, @Nullable Receipt[] receipts) {
        Claims claims = new Claims();
        long now = time.now().toEpochMilli();
        Map<String, Claim> first = new LinkedHashMap<>();
        List<Claim> later = new ArrayList<>();
        for (int i = 0; i < tasks.size(); i++) {
            UniqueKey unique = tasks.get(i).unique();
            if (unique != null && receipts[i] == null) {
                Claim claim = new Claim(i, tasks.get(i), unique, now);
                if (first.putIfAbsent(Keys.text(claim.key), claim) != null) {
                    later.add(claim);
                }
            }
        }
        claimAll(new ArrayList<>(first.values()), claims, receipts);
        for (Claim claim : later) {
            Claim before = java.util.Objects.requireNonNull(first.get(Keys.text(claim.key)));
            if (receipts[before.place] instanceof Receipt.Duplicate held
                    && !held.existing().equals(claim.task.id())) {
                receipts[claim.place] = held;
            } else if (!before.mine.id.equals(claim.mine.id)) {
                receipts[claim.place] = new Receipt.Duplicate(TaskId.of(before.mine.id));
            }
        }
        return claims;
    }

    private void claimAll(List<Claim> all, Claims claims, @Nullable Receipt[] receipts) {
        List<Claim> open = all;
        while (!open.isEmpty()) {
            List<List<?>> answers = link.runAll(open.stream().map(Claim::run).toList());
            Map<Claim, Holder> others = new LinkedHashMap<>();
            List<Claim> again = new ArrayList<>();
            for (int i = 0; i < open.size(); i++) {
                Claim claim = open.get(i);
                String is = Keys.text((byte[]) answers.get(i).getFirst());
                Holder holder = Holder.parse(is);
                if (is.equals(claim.mine.text())) {
                    claims.made.put(claim.place, claim.mine);
                } else if (holder != null && holder.id.equals(claim.mine.id)) {
                    claims.repeated.put(claim.place, holder);
                } else {
                    claim.expected = is;
                    again.add(claim);
                    if (holder != null) {
                        others.put(claim, holder);
                    }
                }
            }
            Set<Claim> held = held(others);
            open = new ArrayList<>();
            for (Claim claim : again) {
                Holder other = others.get(claim);
                if (other != null && (held.contains(claim) || claim.rounds++ == ROUNDS)) {
                    receipts[claim.place] = new Receipt.Duplicate(TaskId.of(other.id));
                } else {
                    if (other != null) {
                        claims.former.put(claim.place, other.id);
                    }
                    open.add(claim);
                }
            }
        }
    }

    /** Whose key another task holds: it waits or runs, or its time to live goes on after it has ended by itself. */
    private Set<Claim> held(Map<Claim, Holder> others) {
        var connection = link.connection();
        Map<Claim, CompletableFuture<List<KeyValue<byte[], byte[]>>>> looks = new LinkedHashMap<>();
        others.forEach((claim, holder) -> looks.put(
                claim,
                connection
                        .async()
                        .hmget(Keys.task(holder.queue, holder.id), STATE, CAUSE)
                        .toCompletableFuture()));
        Set<Claim> held = new HashSet<>();
        looks.forEach((claim, look) -> {
            List<KeyValue<byte[], byte[]>> fields = link.await(connection, look);
            Holder holder = java.util.Objects.requireNonNull(others.get(claim));
            String state = Keys.text(fields.get(0).getValueOrElse(Arguments.EMPTY));
            boolean cancelled =
                    Keys.text(fields.get(1).getValueOrElse(Arguments.EMPTY)).equals("CANCELLED");
            if (isHeld(holder, state, cancelled, claim.mine.made)) {
                held.add(claim);
            }
        });
        return held;
    }

    private boolean isHeld(Holder holder, String state, boolean cancelled, long now) {
        if (state.isEmpty()) {
            boolean goesOn = holder.confirmed ? holder.until > now : now - holder.made < UNCONFIRMED.toMillis();
            return goesOn || (holder.confirmed && hasMoved(holder));
        }
        boolean open = !state.equals("archived") && !state.equals("completed");
        return open || (!cancelled && holder.until > now);
    }

    /** Whether the task waits or runs in another queue, or is on its way to one. */
    private boolean hasMoved(Holder holder) {
        var connection = link.connection();
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (String queue : queues.lately()) {
            answers.add(connection
                    .async()
                    .exists(new byte[][] {Keys.moved(queue, Keys.bytes(holder.id))})
                    .toCompletableFuture());
            answers.add(
                    connection.async().hget(Keys.task(queue, holder.id), STATE).toCompletableFuture());
        }
        boolean open = false;
        for (CompletableFuture<?> each : answers) {
            Object answer = link.await(connection, each);
            if (answer instanceof byte[] state) {
                open |= !Keys.text(state).equals("archived")
                        && !Keys.text(state).equals("completed");
            } else {
                open |= answer instanceof Long count && count > 0;
            }
        }
        return open;
    }

    private static long lifetime(Envelope task, UniqueKey unique, long now) {
        Instant notBefore = task.notBefore();
        long delay = notBefore == null ? 0 : Math.max(0, Messages.millis(notBefore) - now);
        return Math.max(unique.ttl().toMillis(), delay) + GRACE.toMillis();
    }

    /** After the tasks are stored: keeps the claims of those that are, and takes back the others'. */
    void confirm(Claims claims, List<Envelope> tasks, List<Receipt> receipts) {
        List<Link.Run> runs = new ArrayList<>();
        claims.made.forEach((place, holder) -> runs.add(confirmation(
                tasks.get(place),
                holder,
                receipts.get(place) instanceof Receipt.Stored && !claims.unneeded.contains(place))));
        claims.repeated.forEach((place, holder) -> {
            if (!holder.confirmed && receipts.get(place) instanceof Receipt.Stored) {
                runs.add(confirmation(tasks.get(place), holder, true));
            }
        });
        if (!runs.isEmpty()) {
            link.runAll(runs);
        }
    }

    private static Link.Run confirmation(Envelope task, Holder holder, boolean stored) {
        UniqueKey unique = java.util.Objects.requireNonNull(task.unique());
        return new Link.Run(
                Script.UNIQUE,
                Keys.unique(task.type(), unique.key()),
                Arguments.at(holder.made)
                        .add(holder.text())
                        .add(stored ? holder.stored().text() : "")
                        .add(lifetime(task, unique, holder.made)));
    }

    /** Frees the key of a task that was cancelled or deleted, if it is the task's still. */
    void free(Envelope task) {
        Releases releases = releases();
        releases.free(task);
        releases.run();
    }

    /** For several tasks at once. */
    Releases releases() {
        return new Releases();
    }

    /** Keys of tasks that have ended; {@link #run} does it. Not thread-safe. */
    final class Releases {
        private final List<Link.Run> runs = new ArrayList<>();

        private Releases() {}

        /** It was cancelled or deleted: its key is free at once. */
        void free(Envelope task) {
            keep(task, "1");
        }

        /** It has ended by itself: its record goes when its time to live is over. */
        void ended(Envelope task) {
            keep(task, "");
        }

        private void keep(Envelope task, String atOnce) {
            UniqueKey unique = task.unique();
            if (unique != null) {
                runs.add(new Link.Run(
                        Script.KEEP,
                        Keys.unique(task.type(), unique.key()),
                        Arguments.at(time.now().toEpochMilli())
                                .add(task.id().value())
                                .add(atOnce)));
            }
        }

        void run() {
            if (!runs.isEmpty()) {
                link.runAll(List.copyOf(runs));
                runs.clear();
            }
        }
    }

    /** How long asynq's lock is taken for. */
    static long lockSeconds(Envelope task, long now) {
        UniqueKey unique = task.unique();
        if (unique == null) {
            return 1;
        }
        Instant notBefore = task.notBefore();
        long delay = notBefore == null ? 0 : Math.max(0, Messages.millis(notBefore) - now);
        return 1 + (delay + Math.max(unique.ttl().toMillis(), LONG_LOCK.toMillis())) / 1_000;
    }
}
