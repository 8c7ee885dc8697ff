package dev.errand;

/** How a worker serves one queue. For one thread, within the lambda that it is given to. */
public final class QueueOptions {
    int weight = 1;
    int max = Integer.MAX_VALUE;

    QueueOptions() {}

    /** Its share of the attention among the worker's queues, 1 to 1,000; in strict order, its rank. 1 by default. */
    public QueueOptions weight(int share) {
        if (share < 1 || share > 1000) {
            throw new ConfigurationException("The weight " + share + " is out of range; give 1 to 1000");
        }
        this.weight = share;
        return this;
    }

    /** The most of its tasks that run at once in this worker; no limit of its own by default. */
    public QueueOptions max(int tasks) {
        if (tasks < 1) {
            throw new ConfigurationException("The limit " + tasks + " is too small; give at least 1");
        }
        this.max = tasks;
        return this;
    }
}
