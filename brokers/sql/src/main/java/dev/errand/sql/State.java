package dev.errand.sql;

import dev.errand.TaskState;

/** The numbers that stand for states in the database. The partial indexes rest on them: they never change. */
final class State {
    static final int PENDING = 1;
    static final int ACTIVE = 2;
    static final int SCHEDULED = 3;
    static final int RETRY = 4;
    static final int WAITING = 5;
    static final int COMPLETED = 6;
    static final int DEAD = 7;
    static final int CANCELLED = 8;

    private State() {}

    static int of(TaskState state) {
        return switch (state) {
            case PENDING -> PENDING;
            case ACTIVE -> ACTIVE;
            case SCHEDULED -> SCHEDULED;
            case RETRY -> RETRY;
            case WAITING -> WAITING;
            case COMPLETED -> COMPLETED;
            case DEAD -> DEAD;
            case CANCELLED -> CANCELLED;
        };
    }

    static TaskState of(int code) {
        return switch (code) {
            case PENDING -> TaskState.PENDING;
            case ACTIVE -> TaskState.ACTIVE;
            case SCHEDULED -> TaskState.SCHEDULED;
            case RETRY -> TaskState.RETRY;
            case WAITING -> TaskState.WAITING;
            case COMPLETED -> TaskState.COMPLETED;
            case DEAD -> TaskState.DEAD;
            case CANCELLED -> TaskState.CANCELLED;
            default -> throw new IllegalArgumentException("unknown state " + code);
        };
    }
}
