package dev.errand.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.DeadCause;
import dev.errand.TaskId;
import dev.errand.broker.Intake;
import dev.errand.broker.Outcome.Verdict;
import dev.errand.explain.Finding.Level;
import dev.errand.worker.Admission;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExplainerTest {
    private final Scene scene = new Scene();

    @AfterEach
    void stop() {
        scene.close();
    }

    private void finds(String id, Level level, String code, String what) {
        Explanation explanation = scene.explain(id);
        assertThat(explanation.findings()).as("%s", explanation.findings()).anySatisfy(finding -> {
            assertThat(finding.code()).isEqualTo(code);
            assertThat(finding.level()).isEqualTo(level);
            assertThat(finding.what()).contains(what);
            assertThat(finding.remedy().isEmpty()).isEqualTo(level == Level.OK && !code.equals("due-later"));
        });
        if (level == Level.BAD) {
            assertThat(explanation.headline()).contains(id).contains(what);
        }
    }

    private void findsNot(String id, String code) {
        assertThat(scene.explain(id).findings()).extracting(Finding::code).doesNotContain(code);
    }

    @Test
    void anUnknownTaskMayHaveBeenManyThings() {
        finds("nobody", Level.BAD, "unknown", "has no task nobody");
        String id = TaskId.next(scene.time.now().minusSeconds(60), new java.util.Random(1))
                .value();
        assertThat(scene.explain(id).findings().getFirst().details())
                .first()
                .asString()
                .contains("2026-11-23T09:59:00Z");
        assertThat(scene.explain(id).task()).isEmpty();
    }

    @Test
    void aReadyTaskMayLackAWorkerItsQueueOrItsType() {
        scene.store(scene.task("a"));
        finds("a", Level.BAD, "no-worker", "No worker is alive");
        Intake elsewhere = scene.worker("elsewhere", Map.of("other", 1), false, 2, "mail");
        finds("a", Level.BAD, "queue-unserved", "No living worker serves its queue q");
        assertThat(scene.explain("a").findings().getFirst().details())
                .containsExactly("The living workers serve other");
        Intake ignorant = scene.worker("ignorant", Map.of("q", 1), false, 2, "report");
        finds("a", Level.BAD, "type-unknown", "No worker of its queue q (1 worker) has a handler for its type mail");
        // An alias is among the types that a worker says it knows.
        Intake able = scene.worker("able", Map.of("q", 1), false, 2, "post", "mail");
        finds("a", Level.OK, "served", "1 living worker.");
        finds("a", Level.OK, "ready", "nothing is in its way");
        findsNot("a", "type-unknown");
        scene.time.advance(Duration.ofSeconds(20));
        finds("a", Level.WARN, "limits", "has not been taken");
        scene.time.advance(Duration.ofSeconds(20));
        finds("a", Level.BAD, "workers-silent", "silent for longer than its lease");
        able.renew(List.of());
        findsNot("a", "workers-silent");
        ignorant.close();
        elsewhere.close();
    }

    @Test
    void aReadyTaskMayWaitForSlotsAndOthers() {
        Intake worker = scene.worker("busy", Map.of("q", 1), false, 1, "mail");
        scene.store(scene.task("running"), scene.task("first"), scene.task("second"));
        scene.take(worker);
        finds("second", Level.WARN, "slots-busy", "1 worker, 1 slot, 1 task running or taken");
        finds("second", Level.OK, "place-in-line", "1 task before it in the queue q (2 ready)");
        finds("first", Level.OK, "place-in-line", "0 tasks before it");
    }

    @Test
    void strictOrderMayStarveIt() {
        scene.worker("strict", Map.of("q", 1, "critical", 5), true, 2, "mail");
        scene.store(scene.task("a"), scene.task("b").withQueue("critical"));
        finds("a", Level.WARN, "strict-order", "tasks in critical, which come first");
        findsNot("b", "strict-order");
        scene.queues().pause("critical");
        findsNot("a", "strict-order");
        scene.queues().resume("critical");
        scene.worker("another");
        findsNot("a", "strict-order");
    }

    @Test
    void itsQueueMayBePaused() {
        scene.worker("w");
        scene.store(scene.task("a"));
        scene.queues().pause("q");
        scene.time.advance(Duration.ofSeconds(30));
        finds("a", Level.BAD, "queue-paused", "has been paused for 30 s");
        scene.queues().resume("q");
        findsNot("a", "queue-paused");
    }

    @Test
    void theEngineDecidesBeforeItRuns() {
        scene.worker("w");
        scene.store(
                scene.task("late").withDeadline(scene.time.now().plusSeconds(5)),
                scene.task("suspect").withHistory(Scene.crashes(2)),
                scene.task("crashed").withHistory(Scene.crashes(3)));
        finds("late", Level.OK, "deadline-ahead", "5.0 s ahead");
        finds("suspect", Level.WARN, "last-chance", "one more crash");
        finds("crashed", Level.BAD, "crashed-too-often", "3 times");
        scene.time.advance(Duration.ofSeconds(5));
        finds("late", Level.BAD, "deadline-passed", "has passed");
    }

    @Test
    void aLaterTaskSaysWhenAndWhy() {
        Intake worker = scene.worker("w");
        scene.store(scene.task("later").withNotBefore(scene.time.now().plusSeconds(600)));
        finds("later", Level.OK, "due-later", "in 10 min");
        scene.store(scene.task("failed"));
        scene.fail(worker, scene.take(worker), new Verdict.Retry(Duration.ofSeconds(60)));
        finds("failed", Level.OK, "failed-before", "Attempt 1 failed: java.io.IOException: busy");
        scene.store(scene.task("foreign"));
        scene.settle(
                worker, scene.take(worker), new Verdict.Release(Duration.ofSeconds(60), Admission.noHandler("mail")));
        finds("foreign", Level.WARN, "type-given-back", "no handler for its type mail");
        scene.store(scene.task("released"));
        scene.settle(worker, scene.take(worker), new Verdict.Release(Duration.ofSeconds(60), "by its handler"));
        finds("released", Level.OK, "given-back", "by its handler");
        scene.time.advance(Duration.ofSeconds(61));
        finds("failed", Level.OK, "due-now", "about to become ready");
        scene.time.advance(Duration.ofSeconds(10));
        finds("failed", Level.WARN, "overdue", "has not been made ready");
        worker.close();
        finds("failed", Level.BAD, "overdue", "no worker is alive to make it ready");
        finds("later", Level.BAD, "no-worker", "No worker is alive");
    }

    @Test
    void aRunningTaskHasAWorker() {
        Intake worker = scene.worker("w");
        scene.store(scene.task("a"));
        scene.take(worker);
        scene.time.advance(Duration.ofSeconds(12));
        finds("a", Level.OK, "running", "for 12 s");
        assertThat(scene.explain("a").findings().getFirst().details())
                .anyMatch(line -> line.contains("Worker w (w), process 42 on desk"));
        scene.tasks().cancel(TaskId.of("a"), "stop", Duration.ofHours(1));
        finds("a", Level.WARN, "cancel-requested", "asked for");
        scene.time.advance(Duration.ofSeconds(30));
        finds("a", Level.BAD, "worker-silent", "has not been heard of");
        scene.time.advance(Duration.ofMinutes(31));
        finds("a", Level.WARN, "over-timeout", "longer than its timeout of 30 min");
    }

    @Test
    void anEndedTaskSaysHow() {
        Intake worker = scene.worker("w");
        scene.store(scene.task("done"), scene.task("dead"), scene.task("cancelled"));
        scene.settle(worker, scene.take(worker), new Verdict.Complete(null, Duration.ofHours(1)));
        scene.die(worker, scene.take(worker), DeadCause.EXHAUSTED);
        scene.tasks().cancel(TaskId.of("cancelled"), "not wanted", Duration.ofHours(1));
        scene.time.advance(Duration.ofHours(3));
        finds("done", Level.OK, "completed", "3 h ago");
        finds("cancelled", Level.OK, "cancelled", "not wanted");
        finds("dead", Level.BAD, "dead", "EXHAUSTED");
        assertThat(scene.explain("dead").findings().getFirst().details())
                .anyMatch(line -> line.contains("java.io.IOException: busy"));
    }
}
