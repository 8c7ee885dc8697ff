package dev.errand.contract.process;

import dev.errand.contract.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A process that a test has started, and may treat badly. Signals go only to it, and only while it is known to live. */
public final class TestProcess {
    /** On a starved machine a JVM takes its time to come up. */
    private static final Duration START = Duration.ofSeconds(60);

    private final Process process;
    private final Path output;
    private final Journal journal;

    TestProcess(Process process, Path output, Journal journal) {
        this.process = process;
        this.output = output;
        this.journal = journal;
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** Whether it lives. */
    public boolean alive() {
        return process.isAlive();
    }

    /** Waits until it has said that it is ready; answers itself. */
    public TestProcess ready() {
        Await.until(() -> "the process is ready; it says: " + output(), START, () -> {
            if (!process.isAlive()) {
                throw new AssertionError("the process has ended: " + output());
            }
            return did(JournalEntry.Event.READY);
        });
        return this;
    }

    private boolean did(JournalEntry.Event event) {
        return journal.all(event).stream().anyMatch(e -> e.pid() == pid());
    }

    /** SIGKILL; returns when it is dead. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** SIGTERM; does not wait. */
    public void terminate() {
        process.destroy();
    }

    /** Ends its standard input, at which it stops in good order; returns when it has ended. */
    public void stop() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitEnd();
    }

    /** SIGSTOP: it stands still, and everything in it, until {@link #thaw}. */
    public void freeze() {
        signal("STOP");
    }

    /** SIGCONT. */
    public void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        if (!process.isAlive()) {
            throw new AssertionError("the process has ended already: " + output());
        }
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                    .redirectErrorStream(true)
                    .start();
            if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
                throw new AssertionError("the signal " + name + " could not be sent");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Waits until it has ended. */
    public void awaitEnd() {
        try {
            if (!process.waitFor(40, TimeUnit.SECONDS)) {
                throw new AssertionError("the process does not end: " + output());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** What it has said so far. */
    public String output() {
        try {
            return Files.exists(output) ? Files.readString(output) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
