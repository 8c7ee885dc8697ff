package dev.errand.sql;

import dev.errand.ErrandException;
import java.sql.SQLException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One caller's wish to write, and its answer. The writer may run the work several times, each time in another transaction
 * after the one before was rolled back, so the work must have no effect but through its {@link Transaction}.
 *
 * @param <T> of the answer
 */
final class Call<T> {
    /** What is done in the transaction. */
    interface Work<T> {
        T run(Transaction transaction) throws SQLException;
    }

    private final Work<T> work;
    private final int weight;
    private final long submitted = System.nanoTime();
    private final @Nullable Runnable whenDone;
    private @Nullable T answer;
    private @Nullable ErrandException failure;
    private volatile @Nullable Thread waiter;
    private volatile boolean done;

    /** Work of about {@code weight} rows. */
    Call(int weight, Work<T> work) {
        this(weight, work, null);
    }

    /** The same; {@code whenDone} is called instead of, or besides, waking the thread that awaits it. */
    Call(int weight, Work<T> work, @Nullable Runnable whenDone) {
        this.weight = weight;
        this.work = work;
        this.whenDone = whenDone;
    }

    int weight() {
        return weight;
    }

    long submittedNanos() {
        return submitted;
    }

    /** Writer: does the work. */
    void run(Transaction transaction) throws SQLException {
        answer = work.run(transaction);
    }

    /** Writer: the answer stands. */
    void succeed() {
        finish();
    }

    /** Writer: nothing of it was stored, or nobody knows. */
    void fail(ErrandException why) {
        failure = why;
        finish();
    }

    private void finish() {
        done = true;
        Thread waiting = waiter;
        if (waiting != null) {
            LockSupport.unpark(waiting);
        }
        if (whenDone != null) {
            whenDone.run();
        }
    }

    boolean isDone() {
        return done;
    }

    /**
     * Waits for the answer, through interrupts too, for it is on its way: the flag is kept. Bounded by the writer's own
     * bounds.
     */
    T await() {
        waiter = Thread.currentThread();
        boolean interrupted = false;
        while (!done) {
            LockSupport.park(this);
            if (Thread.interrupted()) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return answer();
    }

    /** The answer of a call that is done. */
    @SuppressWarnings("NullAway") // T may be nullable; a call that is done without failure has run
    T answer() {
        if (failure != null) {
            throw Failures.again(failure);
        }
        return answer;
    }
}
