package dev.errand.nats;

import dev.errand.InvalidTaskException;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import io.nats.client.Message;
import io.nats.client.support.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Predicate;

/**
 * Reads the stream of dead letters by sequence, in either direction, a window at a time: without an index, and bounded by how
 * many sequences a call looks at.
 */
final class DeadMessages {
    private static final int WINDOW = 256;
    private static final int MOST_LOOKED_AT = 20_000;

    /** A dead letter as it is stored and as people see it. */
    record Letter(Stored message, TaskInfo info) {}

    /**
     * What was found.
     *
     * @param next the sequence to go on at; empty: there are no more
     */
    record Found(List<Letter> letters, Optional<Long> next) {}

    private final Parts parts;

    DeadMessages(Parts parts) {
        this.parts = parts;
    }

    String stream() {
        return parts.subjects().deadStream();
    }

    Letter letter(Stored message) {
        String queue = Messages.queue(message);
        String tail = parts.subjects().tail(message.subject());
        Messages.Death death = Messages.death(message);
        TaskInfo info = new TaskInfo(
                Messages.decode(message, queue, tail, null).envelope(),
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
        return new Letter(message, info);
    }

    /** The newest one of a task. */
    Optional<Letter> last(String subject) {
        return parts.js().last(stream(), subject).map(this::letter);
    }

    /** Up to {@code limit} that are wanted, from a sequence on. */
    Found find(Optional<Long> from, boolean newestFirst, int limit, Predicate<TaskInfo> wanted) {
        JsonValue state = parts.js()
                .find("STREAM.INFO." + stream(), "")
                .map(answer -> answer.get("state"))
                .orElse(JsonValue.NULL);
        long first = Math.max(1, JetStream.longNumber(state, "first_seq"));
        long last = JetStream.longNumber(state, "last_seq");
        long at = newestFirst ? Math.min(from.orElse(last), last) : Math.max(from.orElse(first), first);
        List<Letter> letters = new ArrayList<>();
        int looked = 0;
        while (at >= first && at <= last) {
            if (letters.size() >= limit || looked >= MOST_LOOKED_AT) {
                return new Found(letters, Optional.of(at));
            }
            long left = newestFirst ? at - first + 1 : last - at + 1;
            int window = (int) Math.min(left, Math.min(WINDOW, Math.max(16, limit - letters.size())));
            for (Optional<Stored> message : read(at, newestFirst, window)) {
                if (letters.size() >= limit) {
                    return new Found(letters, Optional.of(at));
                }
                message.map(this::letter)
                        .filter(letter -> wanted.test(letter.info()))
                        .ifPresent(letters::add);
                at += newestFirst ? -1 : 1;
            }
            looked += window;
        }
        return new Found(letters, Optional.empty());
    }

    private List<Optional<Stored>> read(long from, boolean down, int count) {
        List<Future<Message>> asked = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            asked.add(parts.js().askAt(stream(), down ? from - i : from + i));
        }
        Link.Deadline deadline = parts.link().deadline();
        List<Optional<Stored>> messages = new ArrayList<>(count);
        asked.forEach(each -> messages.add(parts.js().stored(each, deadline)));
        return messages;
    }

    static long sequence(String cursor) {
        if (!cursor.matches("\\d{1,18}")) {
            throw new InvalidTaskException("The cursor is none that a page has given; start again without one");
        }
        return Long.parseLong(cursor);
    }
}
