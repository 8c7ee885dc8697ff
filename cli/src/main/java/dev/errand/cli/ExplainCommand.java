package dev.errand.cli;

import dev.errand.TaskId;
import dev.errand.cli.text.Json;
import dev.errand.cli.text.Safe;
import dev.errand.cli.text.Style;
import dev.errand.explain.Explainer;
import dev.errand.explain.Explanation;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The command {@code explain}. */
@Command(
        name = "explain",
        description = "Say why a task does not run, or what became of it.",
        footer = {"", "Exit code 1 if there is no such task."})
final class ExplainCommand extends BrokerCommand {
    @Parameters(paramLabel = "ID", arity = "1..*", description = "tasks; - reads ids from standard input")
    List<String> ids = List.of();

    @Override
    int run(Session session) throws IOException {
        Explainer explainer = new Explainer(session.broker(), session.world().time());
        int exit = Exit.DONE;
        for (TaskId id : Ids.read(ids, session.world())) {
            Explanation explanation = explainer.explain(id);
            if (explanation.task().isEmpty()) {
                exit = Exit.NOT_DONE;
            }
            if (session.out().isJson()) {
                session.out().item(json(explanation));
            } else {
                session.out().line(session.out().paint(Style.BOLD, Safe.line(explanation.headline())));
                explanation.findings().forEach(finding -> FindingText.print(session.out(), finding));
            }
        }
        return exit;
    }

    private static Json json(Explanation explanation) {
        return new Json()
                .put("id", explanation.id())
                .put("at", explanation.at())
                .put(
                        "state",
                        explanation
                                .task()
                                .map(task -> TaskText.lower(task.state()))
                                .orElse("unknown"))
                .put("headline", explanation.headline())
                .put(
                        "findings",
                        explanation.findings().stream().map(FindingText::json).toList());
    }
}
