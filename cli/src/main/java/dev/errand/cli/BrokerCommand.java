package dev.errand.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that works on a broker: connects, works, disconnects. */
abstract class BrokerCommand implements Callable<Integer> {
    @Spec
    @Nullable
    CommandSpec spec;

    /** Does the work; answers the exit code. */
    abstract int run(Session session) throws Exception;

    /** What can be said to be wrong before a broker is asked. */
    void check(World world) {}

    /** Whether a store that is not there may be made. */
    boolean mayCreate() {
        return false;
    }

    @Override
    public final Integer call() throws Exception {
        CommandSpec own = Objects.requireNonNull(spec);
        Root root = (Root) own.root().userObject();
        check(root.world());
        Output out = new Output(root);
        try (World.Connection connection = root.connect(mayCreate())) {
            String command = own.qualifiedName().replaceFirst("^errand ", "");
            return run(new Session(connection.broker(), root.world(), out, command));
        } finally {
            out.flush();
        }
    }
}
