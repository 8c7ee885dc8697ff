package dev.errand.cli;

/** What a command's exit code says; scripts rely on it. */
final class Exit {
    /** Done. */
    static final int DONE = 0;
    /** Nothing was found, or what was found could not be done in its state; with several ids: with one of them at least. */
    static final int NOT_DONE = 1;
    /** The command line is wrong. */
    static final int USAGE = 2;
    /** The broker is out of reach, cannot be used, or lacks what was asked of it; or the results could not be written. */
    static final int BROKER = 3;
    /** A defect in this program. */
    static final int DEFECT = 4;

    private Exit() {}
}
