package dev.errand.examples.docs;

import dev.errand.EnqueueResult;
import dev.errand.Errand;
import dev.errand.Schedule;
import dev.errand.ScheduleInfo;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.broker.ScheduleStore;
import dev.errand.schedule.Cron;
import dev.errand.schedule.Missed;
import dev.errand.schedule.Overlap;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/** The code of {@code docs/schedules.md}. */
final class ScheduleGuide {
    record ReportRequest(String department) {}

    interface Reports {
        TaskType<ReportRequest> REPORT = TaskType.of("report", ReportRequest.class);

        Schedule<ReportRequest> NIGHTLY = Schedule.of("nightly-report", REPORT, new ReportRequest("sales"))
                .cron("0 3 * * *", ZoneId.of("Europe/Berlin"))
                .overlap(Overlap.QUEUE)
                .missed(Missed.once())
                .jitter(Duration.ofMinutes(5));
    }

    interface Reporter {
        void write(String department, Instant due);
    }

    private ScheduleGuide() {}

    static Worker work(Errand errand, Reporter reporter) {
        return errand.worker()
                .schedule(Reports.NIGHTLY)
                .handle(Reports.REPORT, (request, task) -> {
                    Instant due = Instant.parse(task.headers().get("errand.schedule.due"));
                    reporter.write(request.department(), due);
                })
                .start();
    }

    static Optional<EnqueueResult> operate(Errand errand) {
        errand.schedules()
                .edit("nightly-report", d -> d.withRule(Cron.parse("0 5 * * MON-FRI", ZoneId.of("Europe/Berlin"))));
        errand.schedules().pause("nightly-report");
        errand.schedules().resume("nightly-report");
        Optional<EnqueueResult> task = errand.schedules().runNow("nightly-report");
        List<Instant> preview = errand.schedules().next("nightly-report", 5);
        List<ScheduleStore.Run> history = errand.schedules().runs("nightly-report", 20);
        for (ScheduleInfo schedule : errand.schedules().list()) {
            System.out.println(schedule.name() + " is due at " + schedule.due());
        }
        System.out.println(preview + " after " + history);
        return task;
    }
}
