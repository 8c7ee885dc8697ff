package dev.errand;

/**
 * How busy a worker is at one instant.
 *
 * @param concurrency handlers at once, at most
 * @param running slots in use; a handler that ignores its interrupt keeps its slot
 * @param free slots left
 * @param waiting tasks that were taken ahead and wait for a slot
 * @param settling outcomes that the broker has not written down yet
 */
public record Load(int concurrency, int running, int free, int waiting, int settling) {}
