package dev.errand.cli;

import dev.errand.CodecException;
import dev.errand.ConfigurationException;
import dev.errand.ErrandException;
import dev.errand.InvalidTaskException;
import dev.errand.cli.text.Safe;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What went wrong, as a message and an exit code. */
final class Failures {
    private final World world;

    Failures(World world) {
        this.world = world;
    }

    /** A command line that cannot be read. */
    int usage(ParameterException wrong, String[] args) {
        CommandLine command = wrong.getCommandLine();
        say(wrong.getMessage());
        if (wrong instanceof UnmatchedArgumentException unmatched) {
            var suggestions = unmatched.getSuggestions();
            if (!suggestions.isEmpty()) {
                say("did you mean: " + String.join(", ", suggestions) + "?");
            }
        }
        say("./" + command.getCommandSpec().qualifiedName() + " --help shows what there is.");
        return Exit.USAGE;
    }

    /** A command that failed on its way. */
    int failed(Throwable failure) {
        int exit = switch (failure) {
            case Refusal refusal -> refusal.exit();
            case InvalidTaskException wrong -> Exit.USAGE;
            case CodecException wrong -> Exit.USAGE;
            case ConfigurationException wrong -> Exit.USAGE;
            case ErrandException trouble -> Exit.BROKER;
            default -> Exit.DEFECT;
        };
        if (exit == Exit.DEFECT) {
            return defect(failure);
        }
        say(failure.getMessage());
        return exit;
    }

    private int defect(Throwable failure) {
        say("this is a defect in Errand; report it with what follows: " + failure);
        for (StackTraceElement element : failure.getStackTrace()) {
            world.err().println("    at " + Safe.line(element.toString()));
        }
        return Exit.DEFECT;
    }

    private void say(@Nullable String message) {
        world.err().println("errand: " + Safe.line(String.valueOf(message)));
    }
}
