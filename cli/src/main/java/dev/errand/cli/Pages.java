package dev.errand.cli;

import dev.errand.TaskInfo;
import dev.errand.broker.Page;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Goes through a broker's pages until enough has been seen. */
final class Pages {
    static final int MOST = 1_000;

    /** Asks for one page. */
    @FunctionalInterface
    interface Source {
        Page<TaskInfo> page(Optional<String> cursor, int limit);
    }

    /**
     * How it ended.
     *
     * @param count tasks seen
     * @param next where there may be more; empty: there are none
     */
    record End(long count, Optional<String> next) {}

    private Pages() {}

    /** Hands every page on, at most {@code limit} tasks altogether. */
    static End read(Source source, Optional<String> from, long limit, Consumer<List<TaskInfo>> reader) {
        long count = 0;
        Optional<String> cursor = from;
        while (count < limit) {
            Page<TaskInfo> page = source.page(cursor, (int) Math.min(MOST, limit - count));
            count += page.items().size();
            reader.accept(page.items());
            cursor = page.next();
            if (cursor.isEmpty()) {
                break;
            }
        }
        return new End(count, cursor);
    }
}
