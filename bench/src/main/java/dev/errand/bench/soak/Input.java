package dev.errand.bench.soak;

import java.io.IOException;

/** The standard input of a process of the soak: its end is the order to stop, also when the soak itself has died. */
final class Input {
    private Input() {}

    static void whenEnded(Runnable action) {
        Thread.ofPlatform().daemon().name("input").start(() -> {
            try {
                while (System.in.read() >= 0) {
                    // Nothing is said; only the end counts.
                }
            } catch (IOException e) {
                // The same as the end.
            }
            action.run();
        });
    }

    /** Ends the process; the thread that reads would not let it. */
    static void leave(int code) {
        System.exit(code);
    }
}
