package dev.errand.redis;

import dev.errand.TaskId;
import dev.errand.broker.Debounce;
import dev.errand.broker.Envelope;
import dev.errand.broker.Receipt;
import dev.errand.broker.Subscription;
import dev.errand.time.Time;
import io.lettuce.core.KeyValue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Stores tasks: one script call for each queue of a batch. Thread-safe. */
final class Enqueueing {
    private static final int PER_CALL = 500;
    private static final Receipt STORED = new Receipt.Stored();
    private static final byte[] MESSAGE = Keys.bytes("msg");
    private static final byte[] EXTRAS = Keys.bytes("e");
    private static final int STORED_NOW = 1;
    /** Values of an item of the script's. */
    private static final int VALUES = 8;

    private static final int PLAIN_VALUES = 4;
    private static final int UUID_LENGTH = 36;
    /** How long before its enqueue an id may have been made to count as made for it. */
    private static final long FRESH_MILLIS = 5;

    private final Link link;
    private final Time time;
    private final KnownQueues queues;
    private final UniqueKeys uniqueKeys;
    private final Debouncing debouncing;
    /** Microseconds since 1970, made to grow with each task: the order of the list of all tasks. */
    private final AtomicLong order = new AtomicLong();

    Enqueueing(Link link, Time time, KnownQueues queues, UniqueKeys uniqueKeys, Debouncing debouncing) {
        this.debouncing = debouncing;
        this.link = link;
        this.time = time;
        this.queues = queues;
        this.uniqueKeys = uniqueKeys;
    }

    List<Receipt> enqueue(List<Envelope> tasks) {
        return enqueueOnce(tasks, Collections.nCopies(tasks.size(), ""));
    }

    /**
     * The same, but a task that was stored under its name in {@code once} before is not stored again, even if it has ended
     * since; one week long.
     *
     * @param once a name for each; empty: none
     */
    List<Receipt> enqueueOnce(List<Envelope> tasks, List<String> once) {
        if (tasks.isEmpty()) {
            return List.of();
        }
        queues.register(new HashSet<>(tasks.stream().map(Envelope::queue).toList()));
        @Nullable Receipt[] receipts = new @Nullable Receipt[tasks.size()];
        int from = 0;
        Set<TaskId> ids = new HashSet<>();
        for (int i = 0; i < receipts.length; i++) {
            Envelope task = tasks.get(i);
            Debounce debounce = task.debounce();
            boolean again = !ids.add(task.id());
            if (debounce != null || again) {
                store(tasks, receipts, from, i, once);
                from = i;
            }
            if (debounce != null) {
                receipts[i] = enqueue(task, debounce, once.get(i));
                from = i + 1;
            }
        }
        store(tasks, receipts, from, receipts.length, once);
        List<Receipt> all = new ArrayList<>(receipts.length);
        for (Receipt receipt : receipts) {
            all.add(java.util.Objects.requireNonNull(receipt));
        }
        return all;
    }

    private Receipt enqueue(Envelope task, Debounce debounce, String once) {
        @Nullable Receipt[] elsewhere = new @Nullable Receipt[1];
        findElsewhere(List.of(task), elsewhere);
        Receipt found = elsewhere[0];
        return found == null ? debouncing.enqueue(task, debounce, () -> storeAlone(task, once)) : found;
    }

    private Receipt storeAlone(Envelope task, String once) {
        return store(List.of(task), new @Nullable Receipt[1], List.of(once)).getFirst();
    }

    /** A part of a batch, so that the whole is stored in its order. */
    private void store(List<Envelope> tasks, @Nullable Receipt[] receipts, int from, int to, List<String> once) {
        if (from < to) {
            List<Envelope> part = tasks.subList(from, to);
            @Nullable Receipt[] answers = new @Nullable Receipt[part.size()];
            findElsewhere(part, answers);
            List<Receipt> some = store(part, answers, once.subList(from, to));
            for (int i = from; i < to; i++) {
                receipts[i] = some.get(i - from);
            }
        }
    }

    /** What one call of the script is for. */
    private record Target(String queue, String once) {}

    /** Those without a receipt. */
    private List<Receipt> store(List<Envelope> tasks, @Nullable Receipt[] receipts, List<String> once) {
        UniqueKeys.Claims claims = uniqueKeys.claim(tasks, receipts);
        findOfTheirOwn(tasks, receipts);
        Map<Target, List<Integer>> places = new LinkedHashMap<>();
        for (int i = 0; i < tasks.size(); i++) {
            if (receipts[i] == null) {
                places.computeIfAbsent(new Target(tasks.get(i).queue(), once.get(i)), t -> new ArrayList<>())
                        .add(i);
            }
        }
        List<Link.Run> runs = new ArrayList<>();
        List<List<Integer>> parts = new ArrayList<>();
        long now = time.now().toEpochMilli();
        places.forEach((target, all) -> {
            for (int from = 0; from < all.size(); from += PER_CALL) {
                List<Integer> part = all.subList(from, Math.min(all.size(), from + PER_CALL));
                parts.add(part);
                runs.add(Link.Run.on(Script.ENQUEUE, target.queue, arguments(tasks, part, now, claims, target.once)));
            }
        });
        List<List<?>> answers = link.runAll(runs);
        for (int i = 0; i < parts.size(); i++) {
            List<?> each = answers.get(i);
            for (int j = 0; j < each.size(); j++) {
                int place = parts.get(i).get(j);
                receipts[place] = receipt(tasks.get(place), each.get(j), now);
                if (!(each.get(j) instanceof Long answer && answer == STORED_NOW)) {
                    claims.forget(place);
                }
            }
        }
        List<Receipt> all = new ArrayList<>(receipts.length);
        for (Receipt receipt : receipts) {
            all.add(java.util.Objects.requireNonNull(receipt));
        }
        uniqueKeys.confirm(claims, tasks, all);
        return all;
    }

    private Arguments arguments(
            List<Envelope> tasks, List<Integer> places, long now, UniqueKeys.Claims claims, String once) {
        boolean plain = places.stream().allMatch(place -> isPlain(tasks.get(place)));
        Arguments arguments = Arguments.at(now).add(once).add(plain ? PLAIN_VALUES : VALUES);
        for (int place : places) {
            Envelope task = tasks.get(place);
            Messages.Stored stored = Messages.encode(task);
            arguments
                    .add(task.id().value())
                    .add(stored.message())
                    .add(stored.extras())
                    .add(nextOrder(now));
            if (!plain) {
                Instant notBefore = task.notBefore();
                long due = notBefore == null ? 0 : Messages.millis(notBefore);
                String lock = Messages.lockOf(task);
                arguments
                        .add(due > now ? due : 0)
                        .add(lock)
                        .add(lock.isEmpty() ? 0 : UniqueKeys.lockSeconds(task, now))
                        .add(claims.former(place));
            }
        }
        return arguments;
    }

    /** Neither due later nor with a lock: most are. */
    private static boolean isPlain(Envelope task) {
        return task.notBefore() == null && Messages.lockOf(task).isEmpty();
    }

    private long nextOrder(long nowMillis) {
        long now = nowMillis * 1_000;
        return order.updateAndGet(last -> Math.max(last + 1, now));
    }

    private static Receipt receipt(Envelope task, Object answer, long now) {
        if (!(answer instanceof List<?> parts)) {
            return STORED;
        }
        byte[] second = (byte[]) parts.get(1);
        if ((Long) parts.getFirst() == -1) {
            String holder = Keys.text(second);
            return holder.equals(task.id().value()) ? STORED : new Receipt.Duplicate(TaskId.of(holder));
        }
        return isRepeat(task, second, (byte[]) parts.get(2), now) ? STORED : new Receipt.Duplicate(task.id());
    }

    private static boolean isRepeat(Envelope task, byte[] message, byte[] extras, long now) {
        if (Arrays.equals(message, Messages.encode(task).message()) && extras.length == 0) {
            return true;
        }
        try {
            return task.isRepeatOf(Messages.decode(message, extras, Instant.ofEpochMilli(now)));
        } catch (ProtoReader.Broken e) {
            return false;
        }
    }

    /**
     * Finds out which ids are taken in other queues: there one script cannot look. Not atomic with the enqueue; ids that were
     * made for this very task are not looked for, because they can be nowhere.
     */
    private void findElsewhere(List<Envelope> tasks, @Nullable Receipt[] receipts) {
        Set<String> all = Set.of();
        List<Look> looks = new ArrayList<>();
        for (int i = 0; i < receipts.length; i++) {
            Envelope task = tasks.get(i);
            if (isFresh(task) || isCopy(task)) {
                continue;
            }
            all = all.isEmpty() ? queues.lately() : all;
            for (String queue : all) {
                if (!queue.equals(task.queue())) {
                    looks.add(new Look(Keys.task(queue, task.id().value()), i));
                }
            }
        }
        if (!looks.isEmpty()) {
            look(looks, tasks, receipts);
        }
    }

    /** A repeated enqueue is one even if its unique key is another task's by now. */
    private void findOfTheirOwn(List<Envelope> tasks, @Nullable Receipt[] receipts) {
        List<Look> looks = new ArrayList<>();
        for (int i = 0; i < receipts.length; i++) {
            Envelope task = tasks.get(i);
            if (receipts[i] instanceof Receipt.Duplicate other
                    && !other.existing().equals(task.id())) {
                looks.add(new Look(Keys.task(task.queue(), task.id().value()), i));
            }
        }
        if (!looks.isEmpty()) {
            look(looks, tasks, receipts);
        }
    }

    /** Where a task may be, and its place in the batch. */
    private record Look(byte[] key, int place) {}

    /** One key a command: they are in different slots. */
    private void look(List<Look> looks, List<Envelope> tasks, @Nullable Receipt[] receipts) {
        var connection = link.connection();
        List<CompletableFuture<List<KeyValue<byte[], byte[]>>>> answers = new ArrayList<>(looks.size());
        looks.forEach(look -> answers.add(
                connection.async().hmget(look.key(), MESSAGE, EXTRAS).toCompletableFuture()));
        long now = time.now().toEpochMilli();
        for (int i = 0; i < looks.size(); i++) {
            int place = looks.get(i).place();
            List<KeyValue<byte[], byte[]>> fields = link.await(connection, answers.get(i));
            if (fields.get(0).hasValue()) {
                Envelope task = tasks.get(place);
                byte[] extras = fields.get(1).getValueOrElse(Arguments.EMPTY);
                receipts[place] = isRepeat(task, fields.get(0).getValue(), extras, now)
                        ? STORED
                        : new Receipt.Duplicate(task.id());
            }
        }
    }

    /** The id of an event's copy names its queue; nobody looks for it in others. */
    private static boolean isCopy(Envelope task) {
        return Subscription.nameOf(task.queue())
                .map(name -> task.id().value().endsWith("@" + name))
                .orElse(false);
    }

    private static boolean isFresh(Envelope task) {
        String id = task.id().value();
        if (id.length() != UUID_LENGTH) {
            return false;
        }
        try {
            UUID uuid = UUID.fromString(id);
            long made = uuid.getMostSignificantBits() >>> 16;
            long after = task.created().toEpochMilli() - made;
            return uuid.version() == 7 && after >= -FRESH_MILLIS && after <= FRESH_MILLIS;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
