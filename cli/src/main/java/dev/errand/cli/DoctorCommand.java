package dev.errand.cli;

import dev.errand.explain.Checkup;
import dev.errand.explain.Doctor;
import dev.errand.explain.Finding.Level;
import picocli.CommandLine.Command;

/** The command {@code doctor}. */
@Command(
        name = "doctor",
        description =
                "Look at the broker, its queues, workers, dead letters and schedules for what somebody should know.",
        footer = {"", "Exit code 1 if something is BAD."})
final class DoctorCommand extends BrokerCommand {
    @Override
    int run(Session session) {
        Checkup checkup = new Doctor(session.broker(), session.world().time()).examine();
        checkup.findings().forEach(finding -> {
            if (session.out().isJson()) {
                session.out().item(FindingText.json(finding));
            } else {
                FindingText.print(session.out(), finding);
            }
        });
        return checkup.worst() == Level.BAD ? Exit.NOT_DONE : Exit.DONE;
    }
}
