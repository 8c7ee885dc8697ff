package dev.errand.local;

/**
 * Figures of a {@link LocalTasks} at about one moment; the counts are since its start.
 *
 * @param running jobs of which an attempt runs
 * @param permitsInUse what these hold together; jobs that their submitter runs hold none
 * @param permits how many there are
 * @param waiting jobs in the waiting room: in line, behind their key, delayed, between two attempts
 * @param delayed those of them that wait for a time
 * @param places how many may wait
 * @param stuck running jobs that go on although they were interrupted five seconds ago or more
 * @param enqueued accepted jobs
 * @param started attempts that began
 * @param completed jobs that ended normally
 * @param failed attempts that failed
 * @param retried attempts after which another was planned
 * @param dead jobs that failed for good
 * @param cancelled jobs that were cancelled, discarded by themselves or left over
 * @param dropped jobs that gave way for want of room
 * @param refused jobs that were not accepted
 */
public record LocalStats(
        int running,
        int permitsInUse,
        int permits,
        int waiting,
        int delayed,
        int places,
        long stuck,
        long enqueued,
        long started,
        long completed,
        long failed,
        long retried,
        long dead,
        long cancelled,
        long dropped,
        long refused) {}
