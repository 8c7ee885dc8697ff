package dev.errand.nats;

import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.DeadLetters;
import dev.errand.broker.Envelope;
import dev.errand.broker.Page;
import dev.errand.broker.TaskFilter;
import io.nats.client.Message;
import io.nats.client.impl.Headers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Predicate;

/**
 * The dead letters of all queues. One is redriven by a ready copy, and removed when that is stored; repeated, the copy is known
 * by the dead letter's sequence.
 */
final class NatsDeadLetters implements DeadLetters {
    private static final int SLICE = 200;

    private final Parts parts;
    private final DeadMessages messages;

    /** Changes some, and says how many. */
    private interface Change {
        int apply(List<DeadMessages.Letter> letters);
    }

    NatsDeadLetters(Parts parts) {
        this.parts = parts;
        this.messages = new DeadMessages(parts);
    }

    private static Predicate<TaskInfo> wanted(TaskFilter filter) {
        return filter.in(TaskState.DEAD)::matches;
    }

    @Override
    public Page<TaskInfo> list(TaskFilter filter, Optional<String> cursor, int limit) {
        parts.link().requireUp();
        DeadMessages.Found found = messages.find(cursor.map(DeadMessages::sequence), true, limit, wanted(filter));
        return new Page<>(
                found.letters().stream().map(DeadMessages.Letter::info).toList(),
                found.next().map(String::valueOf));
    }

    @Override
    public int count(TaskFilter filter, int max) {
        return max <= 0 ? 0 : each(filter, max, List::size);
    }

    private Optional<DeadMessages.Letter> find(TaskId id) {
        String token = Subjects.token(id.value());
        Predicate<DeadMessages.Letter> same = letter -> letter.info().id().equals(id);
        return messages.last(parts.subjects().prefix() + ".x.*." + token)
                .filter(same)
                .or(() -> messages.last(parts.subjects().prefix() + ".x.*." + token + ".>")
                        .filter(same));
    }

    @Override
    public Optional<TaskInfo> show(TaskId id) {
        parts.link().requireUp();
        return find(id).map(DeadMessages.Letter::info);
    }

    @Override
    public boolean redrive(TaskId id) {
        parts.link().requireUp();
        return find(id).map(letter -> redrive(List.of(letter)) == 1).orElse(false);
    }

    @Override
    public int redriveAll(TaskFilter filter, int max) {
        return each(filter, max, this::redrive);
    }

    @Override
    public boolean delete(TaskId id) {
        parts.link().requireUp();
        return find(id).map(letter -> delete(List.of(letter)) == 1).orElse(false);
    }

    @Override
    public int purge(TaskFilter filter, int max) {
        return each(filter, max, this::delete);
    }

    private int each(TaskFilter filter, int max, Change change) {
        parts.link().requireUp();
        int changed = 0;
        Optional<Long> from = Optional.empty();
        while (changed < max) {
            DeadMessages.Found found = messages.find(from, false, Math.min(SLICE, max - changed), wanted(filter));
            changed += change.apply(found.letters());
            from = found.next();
            if (from.isEmpty()) {
                break;
            }
        }
        return changed;
    }

    private int delete(List<DeadMessages.Letter> letters) {
        List<Future<Message>> asked = new ArrayList<>(letters.size());
        letters.forEach(letter -> asked.add(
                parts.js().askDelete(messages.stream(), letter.message().sequence())));
        Link.Deadline deadline = parts.link().deadline();
        int deleted = 0;
        for (Future<Message> each : asked) {
            deleted += parts.js().deleted(each, deadline) ? 1 : 0;
        }
        return deleted;
    }

    private int redrive(List<DeadMessages.Letter> letters) {
        Instant now = parts.time().now();
        List<Future<Message>> sent = new ArrayList<>(letters.size());
        for (DeadMessages.Letter letter : letters) {
            parts.topology().queue(letter.info().queue());
            sent.add(send(letter, now, tail(letter), 0));
        }
        Link.Deadline deadline = parts.link().deadline();
        List<DeadMessages.Letter> stored = new ArrayList<>(letters.size());
        for (int i = 0; i < letters.size(); i++) {
            DeadMessages.Letter letter = letters.get(i);
            switch (parts.publishing().answer(sent.get(i), deadline)) {
                case Publishing.Answer.Done done -> stored.add(letter);
                case Publishing.Answer.Occupied occupied -> {
                    if (replace(letter, now)) {
                        stored.add(letter);
                    }
                }
                case Publishing.Answer.Unroutable nowhere -> parts.topology().doubt();
                case Publishing.Answer.Failed failed ->
                    throw JetStream.failed("to redrive task " + letter.info().id(), failed.why());
            }
        }
        return delete(stored);
    }

    private String tail(DeadMessages.Letter letter) {
        return parts.subjects().tail(letter.message().subject());
    }

    private Future<Message> send(DeadMessages.Letter letter, Instant now, String tail, long expected) {
        Envelope task = letter.info().envelope();
        Instant deadline = task.deadline();
        Envelope again = task.withHistory(task.history().redriven())
                .withDeadline(deadline != null && !deadline.isAfter(now) ? null : deadline);
        long revision = letter.message().revision() + 1;
        Headers headers = Messages.encode(
                again, revision, Messages.number(letter.message().headers(), Messages.TAKES));
        return parts.publishing()
                .send(
                        parts.subjects().task(task.queue(), tail),
                        headers,
                        task.payload().bytes(),
                        Publishing.idOf(
                                tail,
                                revision,
                                String.format(
                                        Locale.ROOT, "x%d", letter.message().sequence())),
                        expected);
    }

    /** What is in its place is the original that was not removed when it died, or another task of the same id. */
    private boolean replace(DeadMessages.Letter letter, Instant now) {
        String queue = letter.info().queue();
        String stream = parts.subjects().taskStream(queue);
        Optional<Stored> there = parts.js().last(stream, parts.subjects().task(queue, tail(letter)));
        boolean original = there.isPresent()
                && Messages.areSameTask(there.get().headers(), letter.message().headers())
                && there.get().revision() < letter.message().revision();
        String tail = original || there.isEmpty()
                ? tail(letter)
                : tail(letter) + ".x" + letter.message().sequence();
        long expected = original ? there.get().sequence() : 0;
        Publishing.Answer answer = parts.publishing()
                .answer(send(letter, now, tail, expected), parts.link().deadline());
        if (original && answer instanceof Publishing.Answer.Done) {
            parts.js().delete(stream, expected);
        }
        return answer instanceof Publishing.Answer.Done;
    }
}
