package dev.errand.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.AttemptError;
import dev.errand.DeadCause;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.Envelope;
import dev.errand.broker.History;
import dev.errand.broker.Payload;
import dev.errand.broker.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MailStatusTest {
    private static final Policy POLICY = new Policy(8, Duration.ofSeconds(30), Duration.ofHours(24), Set.of());
    private static final Instant THEN = Instant.parse("2026-03-01T10:00:00Z");
    private static final Instant LATER = Instant.parse("2026-03-01T10:00:05Z");
    private static final AttemptError BUSY = new AttemptError(THEN, 1, "E", "451 busy", "", "w");

    private static TaskInfo task(
            TaskState state, Instant due, Instant ended, DeadCause cause, String reason, History past) {
        Envelope envelope = Envelope.of(TaskId.of("t"), "mail.confirm", Payload.EMPTY, "mail", THEN, POLICY)
                .withHistory(past);
        return new TaskInfo(envelope, state, due, null, null, null, ended, cause, reason, false, null);
    }

    private static String json(TaskInfo task) {
        return MailStatus.of(task).json().toString();
    }

    @Test
    void untriedTasksWait() {
        for (TaskState state : new TaskState[] {TaskState.SCHEDULED, TaskState.WAITING, TaskState.PENDING}) {
            assertThat(json(task(state, null, null, null, null, History.NONE))).isEqualTo("{\"state\":\"waiting\"}");
        }
    }

    @Test
    void aRunningTaskSends() {
        assertThat(json(task(TaskState.ACTIVE, null, null, null, null, History.NONE.failed(BUSY))))
                .isEqualTo("{\"state\":\"sending\",\"attempt\":2}");
    }

    @Test
    void aCompletedTaskIsSent() {
        assertThat(json(task(TaskState.COMPLETED, null, LATER, null, null, History.NONE)))
                .isEqualTo("{\"state\":\"sent\",\"at\":\"2026-03-01T10:00:05Z\"}");
    }

    @Test
    void aFailedTaskSaysWhenItIsTriedAgainAndWhy() {
        assertThat(json(task(TaskState.RETRY, LATER, null, null, null, History.NONE.failed(BUSY))))
                .isEqualTo("{\"state\":\"retrying\",\"attempts\":1,\"nextAt\":\"2026-03-01T10:00:05Z\","
                        + "\"lastError\":\"451 busy\"}");
    }

    @Test
    void aDeadTaskSaysWhy() {
        assertThat(json(task(TaskState.DEAD, null, LATER, DeadCause.REFUSED, "550 no such mailbox", History.NONE)))
                .isEqualTo("{\"state\":\"dead\",\"reason\":\"refused: 550 no such mailbox\"}");
        assertThat(json(task(TaskState.DEAD, null, LATER, DeadCause.EXHAUSTED, null, History.NONE.failed(BUSY))))
                .isEqualTo("{\"state\":\"dead\",\"reason\":\"exhausted: 451 busy\"}");
    }

    @Test
    void aCancelledTaskSaysWhy() {
        assertThat(json(task(TaskState.CANCELLED, null, LATER, null, "called off", History.NONE)))
                .isEqualTo("{\"state\":\"cancelled\",\"reason\":\"called off\"}");
    }
}
