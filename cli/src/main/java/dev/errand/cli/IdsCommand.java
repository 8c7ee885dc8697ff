package dev.errand.cli;

import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.broker.Capability;
import dev.errand.cli.text.Json;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Parameters;

/** A command that does the same to each of several tasks. */
abstract class IdsCommand extends BrokerCommand {
    @Parameters(paramLabel = "ID", arity = "1..*", description = "tasks; - reads ids from standard input, one a line")
    List<String> ids = List.of();

    /**
     * What became of one.
     *
     * @param done whether it was done
     * @param result in one word
     * @param remedy why it was not done, and what to do instead; empty if it was done
     */
    record Answer(boolean done, String result, String remedy) {
        static Answer done(String result) {
            return new Answer(true, result, "");
        }

        static Answer not(String result, String remedy) {
            return new Answer(false, result, remedy);
        }

        static Answer unknown(TaskId id) {
            return not("unknown", "there is no such task; ./errand explain " + id + " says what that can mean");
        }
    }

    /** Does it to one. */
    abstract Answer act(Session session, TaskId id);

    @Override
    int run(Session session) throws IOException {
        List<TaskId> all = Ids.read(ids, session.world());
        int done = 0;
        int seen = 0;
        for (TaskId id : all) {
            Answer answer = act(session, id);
            done += answer.done() ? 1 : 0;
            if (answer.done()) {
                session.audit("task " + id + ": " + answer.result());
            }
            say(session, id, answer);
            session.out().progress(session.command(), ++seen, all.size());
        }
        if (all.isEmpty()) {
            session.out().problem("no ids were given; - reads them from standard input, one a line");
        }
        return done == all.size() && done > 0 ? Exit.DONE : Exit.NOT_DONE;
    }

    private static void say(Session session, TaskId id, Answer answer) {
        if (session.out().isJson()) {
            session.out()
                    .item(new Json()
                            .put("id", id)
                            .put("done", answer.done())
                            .put("result", answer.result())
                            .put("message", answer.remedy().isEmpty() ? null : answer.remedy()));
        } else if (answer.done()) {
            session.out().line(dev.errand.cli.text.Safe.line(id + " " + answer.result()));
        }
        if (!answer.done() && !session.out().isJson()) {
            session.out().problem("task " + id + ": " + answer.remedy());
        }
    }

    /** The task as it is now, for a message. */
    static Optional<TaskInfo> find(Session session, TaskId id) {
        return session.store(Capability.FIND, "find single tasks").find(id);
    }
}
