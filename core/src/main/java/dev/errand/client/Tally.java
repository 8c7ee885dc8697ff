package dev.errand.client;

import dev.errand.Notice;
import dev.errand.broker.Envelope;
import dev.errand.broker.Receipt;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What became of the tasks of one type and queue in one call. For one thread. */
final class Tally {
    private record Kind(String type, String queue) {}

    private int stored;
    private int duplicates;
    private int replaced;
    private int refused;

    /** One notice for each type and queue of the batch. */
    static List<Notice> notices(Notice.Call call, List<Envelope> tasks, List<Receipt> receipts) {
        Map<Kind, Tally> tallies = new LinkedHashMap<>();
        Kind last = new Kind("", "");
        Tally tally = new Tally();
        for (int i = 0; i < tasks.size(); i++) {
            Envelope task = tasks.get(i);
            if (!last.type.equals(task.type()) || !last.queue.equals(task.queue())) {
                last = new Kind(task.type(), task.queue());
                tally = tallies.computeIfAbsent(last, kind -> new Tally());
            }
            tally.count(receipts.get(i));
        }
        List<Notice> notices = new ArrayList<>(tallies.size());
        tallies.forEach((kind, of) -> notices.add(of.notice(call, kind.type, kind.queue)));
        return notices;
    }

    void count(Receipt receipt) {
        switch (receipt) {
            case Receipt.Stored one -> stored++;
            case Receipt.Duplicate one -> duplicates++;
            case Receipt.Replaced one -> replaced++;
            case Receipt.Refused one -> refused++;
        }
    }

    Notice notice(Notice.Call call, String type, String queue) {
        if (call == Notice.Call.PUBLISH) {
            return new Notice.Published(type, stored, refused);
        }
        return new Notice.Enqueued(type, queue, stored, duplicates, replaced, refused);
    }
}
