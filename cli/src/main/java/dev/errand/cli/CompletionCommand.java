package dev.errand.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code completion}. */
@Command(
        name = "completion",
        description = {
            "Print a script that completes commands and options.",
            "bash: source <(./errand completion bash)",
            "zsh:  source <(./errand completion zsh), after compinit"
        })
final class CompletionCommand implements Callable<Integer> {
    enum Shell {
        bash,
        zsh
    }

    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}")
    @Nullable
    Shell shell;

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() {
        Root root = (Root) Objects.requireNonNull(spec).root().userObject();
        String script = AutoComplete.bash("errand", Commands.whole(new Root(root.world())));
        // The launcher is called by its path, too.
        root.world().out().print(script);
        root.world().out().print("\ncomplete -F _complete_errand -o default ./errand\n");
        return Exit.DONE;
    }
}
