package dev.errand.bench;

import dev.errand.bench.broker.Bare;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The least that callers of a bare client need so that each can await its own confirmation: one thread that stores whatever
 * waits, at most so many at once.
 */
final class BareBatcher implements AutoCloseable {
    private record Item(byte[] payload, CompletableFuture<Boolean> stored) {}

    private final Bare bare;
    private final int most;
    private final BlockingQueue<Item> waiting = new LinkedBlockingQueue<>();
    private final Thread thread;

    BareBatcher(Bare bare, int most) {
        this.bare = bare;
        this.most = most;
        this.thread = Thread.ofPlatform().daemon().name("bare-batcher").start(this::work);
    }

    /** Returns when the payload is stored; throws {@link java.util.concurrent.CompletionException} when it is not. */
    void enqueue(byte[] payload) {
        Item item = new Item(payload, new CompletableFuture<>());
        waiting.add(item);
        item.stored().join();
    }

    private void work() {
        List<Item> batch = new ArrayList<>(most);
        try {
            while (true) {
                batch.add(waiting.take());
                waiting.drainTo(batch, most - 1);
                store(batch);
                batch.clear();
            }
        } catch (InterruptedException e) {
            // It is closed: nobody waits any more.
        }
    }

    private void store(List<Item> batch) {
        try {
            bare.enqueue(batch.stream().map(Item::payload).toList());
            batch.forEach(item -> item.stored().complete(true));
        } catch (Exception e) {
            batch.forEach(item -> item.stored().completeExceptionally(e));
        }
    }

    /** Ends the thread; nobody may wait any more. */
    @Override
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }
}
