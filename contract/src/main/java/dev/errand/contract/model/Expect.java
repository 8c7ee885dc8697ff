package dev.errand.contract.model;

import dev.errand.TaskInfo;
import java.lang.reflect.RecordComponent;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The few assertions of the model. */
final class Expect {
    private Expect() {}

    static void same(String what, @Nullable Object expected, @Nullable Object actual) {
        if (!Objects.equals(expected, actual)) {
            throw new AssertionError(what + "\n  expected: " + expected + "\n   but was: " + actual);
        }
    }

    /** The same for what a broker shows of a task, naming the part that differs. */
    static void same(String what, TaskInfo expected, TaskInfo actual) {
        if (expected.equals(actual)) {
            return;
        }
        for (RecordComponent part : TaskInfo.class.getRecordComponents()) {
            same(what + "." + part.getName(), read(part, expected), read(part, actual));
        }
        throw new AssertionError(what + " is not equal to what it equals in each part: " + actual);
    }

    private static @Nullable Object read(RecordComponent part, TaskInfo task) {
        try {
            return part.getAccessor().invoke(task);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    static void that(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
