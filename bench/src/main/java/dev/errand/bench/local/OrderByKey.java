package dev.errand.bench.local;

import dev.errand.local.LocalHandle;
import dev.errand.local.LocalTasks;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Jobs in order by one of 100,000 keys, chosen at random, beside the same jobs in no order. */
public class OrderByKey {
    private static final int AT_ONCE = 100;
    private static final int KEYS = 100_000;
    private static final Callable<Integer> NOTHING = () -> 1;

    /** Local tasks, and the keys. */
    @State(Scope.Benchmark)
    public static class Local {
        private final LocalTasks tasks =
                LocalTasks.named("bench").permits(64).waitingRoom(100_000).build();
        private final List<String> keys = new ArrayList<>(KEYS);

        /** Makes the keys. */
        public Local() {
            for (int i = 0; i < KEYS; i++) {
                keys.add("customer-" + i);
            }
        }

        String key() {
            return keys.get(ThreadLocalRandom.current().nextInt(KEYS));
        }

        /** Ends its jobs. */
        @TearDown
        public void close() {
            tasks.close();
        }
    }

    /** The comparison: it draws a key too, and does not use it. */
    @Benchmark
    @OperationsPerInvocation(AT_ONCE)
    public int unordered(Local local) throws Exception {
        int sum = 0;
        List<LocalHandle<Integer>> handles = new ArrayList<>(AT_ONCE);
        for (int i = 0; i < AT_ONCE; i++) {
            sum += local.key().length();
            handles.add(local.tasks.submit("nothing", NOTHING));
        }
        return sum + sum(handles);
    }

    /** In order. */
    @Benchmark
    @OperationsPerInvocation(AT_ONCE)
    public int ordered(Local local) throws Exception {
        List<LocalHandle<Integer>> handles = new ArrayList<>(AT_ONCE);
        for (int i = 0; i < AT_ONCE; i++) {
            handles.add(local.tasks.submitInOrder(local.key(), "nothing", NOTHING));
        }
        return sum(handles);
    }

    private static int sum(List<LocalHandle<Integer>> handles) throws InterruptedException {
        int sum = 0;
        for (LocalHandle<Integer> handle : handles) {
            sum += handle.result();
        }
        return sum;
    }
}
