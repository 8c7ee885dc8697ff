package dev.errand.bench.soak;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the journals say, task by task. For one thread. */
final class Ledger implements JournalReader.Reader {
    /** What is known of one task. */
    static final class Entry {
        final String id;
        Script script;
        boolean acknowledged;
        private List<Ran> runs = new ArrayList<>(1);

        private Entry(String id, Script script) {
            this.id = id;
            this.script = script;
        }

        /** In the order of their attempt tokens. */
        List<Ran> runs() {
            runs.sort((a, b) -> Long.compare(a.number(), b.number()));
            return runs;
        }
    }

    private final Map<String, Entry> tasks = new HashMap<>();
    private final Set<String> ready = new HashSet<>();
    private long acknowledged;
    private long refused;

    @Override
    public void line(String process, Line line) {
        switch (line.event()) {
            case READY -> ready.add(process);
            case STORED -> {
                entry(line).acknowledged = true;
                acknowledged++;
            }
            case REFUSED -> refused++;
            case BEGIN ->
                entry(line).runs.add(new Ran(process, line.number(), line.nonce(), line.crashes(), line.at(), null, 0));
            case END, FAIL, INTERRUPTED -> end(process, line);
        }
    }

    private Entry entry(Line line) {
        return tasks.computeIfAbsent(line.task(), id -> new Entry(id, Script.parse(line.note())));
    }

    private void end(String process, Line line) {
        Entry entry = tasks.get(line.task());
        if (entry == null) {
            throw new IllegalStateException("the journal of " + process + " has an end without a beginning: " + line);
        }
        entry.runs.replaceAll(run -> run.isOf(process, line) && run.end() == null ? run.ended(line) : run);
    }

    boolean isReady(String process) {
        return ready.contains(process);
    }

    Collection<Entry> entries() {
        return tasks.values();
    }

    @Nullable
    Entry find(String id) {
        return tasks.get(id);
    }

    /** Enqueues that were acknowledged. */
    long acknowledged() {
        return acknowledged;
    }

    /** Enqueues that failed. */
    long refused() {
        return refused;
    }
}
