package dev.errand.contract.process;

import dev.errand.Release;
import dev.errand.Retry;
import dev.errand.TaskContext;
import dev.errand.TaskType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What a worker process does for a task: its payload says it, in words with blanks between them.
 *
 * <ul>
 *   <li>{@code return}: nothing more
 *   <li>{@code wait <gate>}: until the gate is open, or it is interrupted
 *   <li>{@code endure <gate>}: until the gate is open, whatever interrupts it
 *   <li>{@code fail <n>}: fails in its first n attempts
 *   <li>{@code release <n>}: gives itself back as long as its token's number is at most n
 *   <li>{@code halt}: takes the process down, at once and without a word
 *   <li>{@code halt <n>}: the same as long as it has crashed less than n times
 *   <li>{@code allocate <megabytes>}: fills memory
 * </ul>
 */
public final class Script {
    /** The type of the tasks that worker processes run. */
    public static final TaskType<String> TYPE = TaskType.of("contract.script", String.class)
            .retry(Retry.fixed(Duration.ofMillis(50)).jitter(0).maxAttempts(5));

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Path directory;

    Script(Path directory) {
        this.directory = directory;
    }

    void run(String payload, TaskContext task) throws Exception {
        String[] words = payload.split(" ", -1);
        switch (words[0]) {
            case "return" -> {}
            case "wait" -> await(words[1], true);
            case "endure" -> await(words[1], false);
            case "fail" -> {
                if (task.attempt() <= Integer.parseInt(words[1])) {
                    throw new IOException("attempt " + task.attempt() + " fails");
                }
            }
            case "release" -> {
                if (task.token().number() <= Long.parseLong(words[1])) {
                    throw new Release(Duration.ofMillis(10));
                }
            }
            case "halt" -> {
                if (words.length == 1 || task.crashes() < Integer.parseInt(words[1])) {
                    Runtime.getRuntime().halt(137);
                }
            }
            case "allocate" -> allocate(Integer.parseInt(words[1]));
            default -> throw new IllegalArgumentException("unknown script: " + payload);
        }
    }

    private void await(String gate, boolean interruptible) throws InterruptedException {
        Path file = directory.resolve(gate + Processes.GATE_SUFFIX);
        while (!Files.exists(file)) {
            LockSupport.parkNanos(POLL_NANOS);
            if (Thread.interrupted() && interruptible) {
                throw new InterruptedException("interrupted at the gate " + gate);
            }
        }
    }

    private static void allocate(int megabytes) {
        List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < megabytes; i++) {
            all.add(new byte[1024 * 1024]);
        }
        if (all.size() != megabytes) {
            throw new IllegalStateException("the compiler has optimised the allocation away");
        }
    }
}
