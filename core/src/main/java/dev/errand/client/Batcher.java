package dev.errand.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Natural batching: whoever arrives while a flush is in flight joins the next one. There is no timer and no thread: a caller
 * that finds nothing in flight flushes its own item at once, and when a flush ends, the first of those who came meanwhile
 * flushes for all of them. So a lone caller pays nothing, and under load the batches grow by themselves.
 *
 * <p>Every caller blocks until its own item's answer is there, uninterruptibly: an item in flight cannot be called back, and
 * the caller must learn its fate. An interrupt is kept. A flush that throws fails all items of its batch with that exception.
 *
 * @param <T> an item
 * @param <R> its answer
 */
final class Batcher<T, R> {
    private static final int WAITING = 0;
    private static final int LEADING = 1;
    private static final int DONE = 2;

    private static final class Node<T, R> {
        final T item;
        final Thread owner = Thread.currentThread();
        volatile int state = WAITING;

        @Nullable
        R answer;

        @Nullable
        RuntimeException failure;

        Node(T item) {
            this.item = item;
        }
    }

    private final int maxBatch;
    private final Function<List<T>, List<R>> flush;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Node<T, R>> waiting = new ArrayDeque<>();
    private boolean inFlight;

    Batcher(int maxBatch, Function<List<T>, List<R>> flush) {
        this.maxBatch = maxBatch;
        this.flush = flush;
    }

    R submit(T item) {
        Node<T, R> mine = new Node<>(item);
        boolean leader;
        lock.lock();
        try {
            waiting.add(mine);
            leader = !inFlight;
            inFlight = true;
        } finally {
            lock.unlock();
        }
        if (leader || awaitTurn(mine) == LEADING) {
            flushBatch();
        }
        if (mine.failure != null) {
            throw mine.failure;
        }
        R answer = mine.answer;
        if (answer == null) {
            throw new IllegalStateException("the flush gave no answer");
        }
        return answer;
    }

    private static int awaitTurn(Node<?, ?> node) {
        boolean interrupted = false;
        int state;
        while ((state = node.state) == WAITING) {
            LockSupport.park(node);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return state;
    }

    /**
     * The leader is the head of the line, so its own item is in the batch that it flushes. It hands the lead on only when all
     * have their answers: those that come back at once join the next flush then. If it left without them, two groups of half
     * the size would take turns for ever.
     */
    private void flushBatch() {
        List<Node<T, R>> batch = nextBatch();
        try {
            flush(batch);
        } finally {
            passOn();
        }
    }

    private void flush(List<Node<T, R>> batch) {
        List<R> answers = List.of();
        RuntimeException failure = null;
        try {
            answers = flush.apply(batch.stream().map(node -> node.item).toList());
            if (answers.size() != batch.size()) {
                failure = new IllegalStateException(answers.size() + " answers to " + batch.size() + " items");
            }
        } catch (RuntimeException e) {
            failure = e;
        } catch (Error e) {
            failure = new IllegalStateException("The flush failed with " + e, e);
        }
        for (int i = 0; i < batch.size(); i++) {
            Node<T, R> node = batch.get(i);
            if (failure == null) {
                node.answer = answers.get(i);
            } else {
                node.failure = failure;
            }
            node.state = DONE;
            if (i > 0) {
                LockSupport.unpark(node.owner);
            }
        }
    }

    private List<Node<T, R>> nextBatch() {
        lock.lock();
        try {
            int size = Math.min(maxBatch, waiting.size());
            List<Node<T, R>> batch = new ArrayList<>(size);
            for (int i = 0; i < size; i++) {
                batch.add(waiting.remove());
            }
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void passOn() {
        Node<T, R> next;
        lock.lock();
        try {
            next = waiting.peek();
            inFlight = next != null;
        } finally {
            lock.unlock();
        }
        if (next != null) {
            next.state = LEADING;
            LockSupport.unpark(next.owner);
        }
    }
}
