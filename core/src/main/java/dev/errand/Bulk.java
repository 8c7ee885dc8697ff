package dev.errand;

import dev.errand.broker.Envelope;
import dev.errand.broker.Receipt;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The items of one bulk call: those that can be sent, and the answers to those that are refused before. For one thread. */
final class Bulk {
    private record Early(int index, Refused refused) {}

    private final List<Envelope> sent = new ArrayList<>();
    private final List<Early> refused = new ArrayList<>();

    /** The next item. */
    void send(Envelope item) {
        sent.add(item);
    }

    /** The next item, which is not to be sent. */
    void refuse(TaskId id, ErrandException why) {
        refused.add(new Early(sent.size() + refused.size(), new Refused(id, why)));
    }

    List<Envelope> sent() {
        return sent;
    }

    /** An answer for each item, in order, with a receipt for each that was sent. */
    <A> List<A> answers(List<Receipt> receipts, BiFunction<TaskId, Receipt, A> answer, Function<Refused, A> refusal) {
        int size = sent.size() + refused.size();
        List<A> answers = new ArrayList<>(size);
        int early = 0;
        for (int i = 0; i < size; i++) {
            if (early < refused.size() && refused.get(early).index == i) {
                answers.add(refusal.apply(refused.get(early++).refused));
            } else {
                answers.add(answer.apply(sent.get(i - early).id(), receipts.get(i - early)));
            }
        }
        return answers;
    }
}
