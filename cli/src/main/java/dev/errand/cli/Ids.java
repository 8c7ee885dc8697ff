package dev.errand.cli;

import dev.errand.TaskId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Task ids from the command line, and from standard input for {@code -}. */
final class Ids {
    private Ids() {}

    /** All of them, in order; lines of standard input that are blank or begin with # do not count. */
    static List<TaskId> read(List<String> arguments, World world) throws IOException {
        List<TaskId> ids = new ArrayList<>();
        for (String argument : arguments) {
            if (argument.equals("-")) {
                BufferedReader lines = new BufferedReader(new InputStreamReader(world.in(), StandardCharsets.UTF_8));
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    String id = line.strip();
                    if (!id.isEmpty() && !id.startsWith("#")) {
                        ids.add(TaskId.of(id));
                    }
                }
            } else {
                ids.add(TaskId.of(argument));
            }
        }
        return ids;
    }
}
