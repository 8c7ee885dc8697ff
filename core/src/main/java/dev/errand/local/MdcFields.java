package dev.errand.local;

import dev.errand.Mdc;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * The four fields of a job's log lines, made only to be copied into the MDC: that is done for every attempt, and a general map takes
 * several times as long to fill and to copy.
 */
final class MdcFields extends AbstractMap<String, String> {
    private static final int SIZE = 4;

    private final Job<?> job;

    MdcFields(Job<?> job) {
        this.job = job;
    }

    private Entry<String, String> field(int index) {
        return switch (index) {
            case 0 -> Map.entry(Mdc.TASK_ID, job.engine.idText(job.number));
            case 1 -> Map.entry(Mdc.TASK_TYPE, job.name);
            case 2 -> Map.entry(Mdc.TASK_QUEUE, job.engine.name());
            case 3 -> Map.entry(Mdc.TASK_ATTEMPT, Integer.toString(job.runs));
            default -> throw new NoSuchElementException();
        };
    }

    @Override
    public Set<Entry<String, String>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public int size() {
                return SIZE;
            }

            @Override
            public Iterator<Entry<String, String>> iterator() {
                return new Iterator<>() {
                    private int index;

                    @Override
                    public boolean hasNext() {
                        return index < SIZE;
                    }

                    @Override
                    public Entry<String, String> next() {
                        return field(index++);
                    }
                };
            }
        };
    }

    @Override
    public int size() {
        return SIZE;
    }
}
