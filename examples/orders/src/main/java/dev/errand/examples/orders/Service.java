package dev.errand.examples.orders;

import dev.errand.ConfigurationException;
import dev.errand.ErrandException;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** How a process of this example lives: until it is told to stop by SIGTERM, Ctrl-C, or the end of the process that started it. */
public final class Service {
    /** What a service prints when it is ready, followed by where it is found. */
    public static final String READY = "ready: ";

    private Service() {}

    /**
     * Says that the service is ready, waits for the signal to stop, and closes {@code parts}, in order, before the process ends.
     *
     * @param withParent also stop when standard input ends, which it does when the process at its other end dies
     */
    static void runUntilStopped(String where, boolean withParent, AutoCloseable... parts) throws InterruptedException {
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stop.countDown();
            awaitQuietly(stopped);
        }));
        if (withParent) {
            Thread.ofPlatform().daemon().name("parent-watch").start(() -> {
                drainInput();
                stop.countDown();
            });
        }
        System.out.println(READY + where);
        try {
            stop.await();
            for (AutoCloseable part : parts) {
                closeLoudly(part);
            }
        } finally {
            stopped.countDown();
        }
    }

    /** Runs a command; what goes wrong is said in one line. Answers the exit code: 1 for a failure, 2 for bad usage. */
    public static int run(Callable<Integer> command, String... args) {
        return new CommandLine(command)
                .setExecutionExceptionHandler((e, line, parsed) -> {
                    boolean expected = e instanceof ErrandException || e instanceof IOException;
                    if (!expected) {
                        LoggerFactory.getLogger(command.getClass()).error("failed", e);
                    }
                    line.getErr().println(line.getCommandName() + ": " + e.getMessage());
                    return e instanceof ConfigurationException ? 2 : 1;
                })
                .execute(args);
    }

    private static void closeLoudly(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            System.err.println("Closing " + part + " failed: " + e);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void drainInput() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is expected; only the end counts.
            }
        } catch (IOException e) {
            // The same as the end.
        }
    }
}
