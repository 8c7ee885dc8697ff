package dev.errand.contract;

/** The server behind an instance, and the way to it. */
public interface BrokerServer {
    /** Ends the server's process at once, as SIGKILL does. {@link Facility#RESTART}. */
    void kill();

    /** Starts it again on the same data; returns when it answers. {@link Facility#RESTART}. */
    void start();

    /** Breaks every connection and refuses new ones, until {@link #mend}. {@link Facility#CUT}. */
    void cut();

    /** Lets every connection stand without carrying a byte, until {@link #mend}. {@link Facility#CUT}. */
    void freeze();

    /** Ends {@link #cut} and {@link #freeze}; connections that were frozen are broken. {@link Facility#CUT}. */
    void mend();
}
