package dev.errand.cli;

/** Ends a command with a message that names the thing and the remedy, and an exit code. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exit;

    private Refusal(String message, int exit) {
        super(message);
        this.exit = exit;
    }

    /** The command line asks for what makes no sense. */
    static Refusal usage(String message) {
        return new Refusal(message, Exit.USAGE);
    }

    /** It is not there, or cannot be done in its state. */
    static Refusal notDone(String message) {
        return new Refusal(message, Exit.NOT_DONE);
    }

    int exit() {
        return exit;
    }
}
