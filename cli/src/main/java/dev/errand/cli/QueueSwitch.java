package dev.errand.cli;

import dev.errand.broker.Capability;
import dev.errand.broker.Names;
import dev.errand.broker.QueueControl;
import dev.errand.cli.text.Json;
import dev.errand.cli.text.Safe;
import java.util.List;
import picocli.CommandLine.Parameters;

/** Pausing and resuming. */
abstract class QueueSwitch extends BrokerCommand {
    @Parameters(paramLabel = "QUEUE", arity = "1..*", description = "queues")
    List<String> queues = List.of();

    /** Does it to one; answers what became of it. */
    abstract String act(QueueControl control, String queue);

    @Override
    int run(Session session) {
        QueueControl control = session.part(QueueControl.class, Capability.PAUSE, "pause queues");
        List<String> known = session.stats().queues();
        for (String queue : queues) {
            String result = act(control, Names.check("queue", queue));
            session.audit("queue " + queue + ": " + result);
            if (session.out().isJson()) {
                session.out().item(new Json().put("queue", queue).put("result", result));
            } else {
                session.out().line(Safe.line(queue + " " + result));
            }
            if (!known.contains(queue)) {
                session.out()
                        .note("no task has ever been in a queue " + queue + "; ./errand queues lists those there are");
            }
        }
        return Exit.DONE;
    }
}
