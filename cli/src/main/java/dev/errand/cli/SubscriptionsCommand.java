package dev.errand.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code subscriptions}. */
@Command(
        name = "subscriptions",
        description = "List subscriptions to events; create or delete them.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {SubscriptionListCommand.class, SubscriptionCreateCommand.class, SubscriptionDeleteCommand.class})
final class SubscriptionsCommand implements Runnable {
    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                Objects.requireNonNull(spec).commandLine(), "say what to do: subscriptions list, create or delete");
    }
}
