package dev.errand.local;

import dev.errand.Notice;
import dev.errand.Notice.End;
import dev.errand.Release;
import dev.errand.notices.Notices;

/** Tells listeners what they know from durable tasks, in the same words, so that the same meters count both. */
final class ForListeners implements LocalObserver {
    private final Notices notices;
    private final String worker;

    ForListeners(Notices notices, String worker) {
        this.notices = notices;
        this.worker = worker;
    }

    @Override
    public void on(LocalEvent event) {
        LocalJob job = event.job();
        Notice.Run run = new Notice.Run(job.id(), job.type(), job.queue(), Math.max(1, job.attempt()), worker);
        switch (event) {
            case LocalEvent.Enqueued taken -> notices.tell(new Notice.Enqueued(job.type(), job.queue(), 1, 0, 0, 0));
            case LocalEvent.Refused refused -> notices.tell(new Notice.Enqueued(job.type(), job.queue(), 0, 0, 0, 1));
            case LocalEvent.Started started -> notices.tell(new Notice.Started(run, started.waited()));
            case LocalEvent.Completed done ->
                notices.tell(new Notice.Ended(run, End.COMPLETED, done.ran(), null, null, null));
            case LocalEvent.Retried retried ->
                notices.tell(new Notice.Ended(
                        run,
                        retried.failure() instanceof Release ? End.RELEASED : End.RETRY,
                        retried.ran(),
                        retried.delay(),
                        null,
                        retried.failure()));
            case LocalEvent.Dead dead ->
                notices.tell(new Notice.Ended(run, End.DEAD, dead.ran(), null, dead.cause(), dead.failure()));
            case LocalEvent.Cancelled cancelled ->
                notices.tell(new Notice.Ended(run, End.CANCELLED, cancelled.ran(), null, null, null));
            case LocalEvent.Dropped dropped ->
                notices.tell(new Notice.Ended(run, End.CANCELLED, null, null, null, null));
            case LocalEvent.Stuck stuck -> {}
        }
    }
}
