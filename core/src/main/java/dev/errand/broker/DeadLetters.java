package dev.errand.broker;

import dev.errand.TaskId;
import dev.errand.TaskInfo;
import java.util.Optional;

/** The dead letters of a broker. On every broker; without an index, by bounded scans. */
public interface DeadLetters {
    /**
     * Dead letters, newest first, in pages, as {@link TaskStore#list} does. The filter's states are ignored.
     *
     * @param cursor where to start: a {@link Page#next()}; empty: at the newest
     * @param limit 1 to 1,000
     */
    Page<TaskInfo> list(TaskFilter filter, Optional<String> cursor, int limit);

    /** How many match, at most {@code max}: what {@link #redriveAll} or {@link #purge} would come to now. */
    int count(TaskFilter filter, int max);

    /** One dead letter; empty if there is no such. */
    Optional<TaskInfo> show(TaskId id);

    /** Makes one ready again, with no attempts and no crashes but with its errors; false if there is no such. */
    boolean redrive(TaskId id);

    /** The same for all that match, oldest first, at most {@code max}; answers how many. */
    int redriveAll(TaskFilter filter, int max);

    /** Deletes one; false if there is no such. */
    boolean delete(TaskId id);

    /** Deletes all that match, oldest first, at most {@code max}; answers how many. */
    int purge(TaskFilter filter, int max);
}
