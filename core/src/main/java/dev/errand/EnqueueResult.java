package dev.errand;

/** What became of an enqueue that did not fail. */
public sealed interface EnqueueResult extends EnqueueAnswer permits Enqueued, Duplicate, Replaced {
    /** The task that does the work: the new one, or the one that was there before. */
    TaskId id();
}
