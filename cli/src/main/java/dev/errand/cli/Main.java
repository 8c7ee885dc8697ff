package dev.errand.cli;

import dev.errand.time.Time;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.ZoneId;

/** The program behind {@code ./errand}. */
public final class Main {
    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        Results results = new Results(new FileOutputStream(FileDescriptor.out));
        PrintStream out = new PrintStream(new BufferedOutputStream(results, 1 << 16), false, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        System.setErr(err);
        int code;
        try (Time time = Time.system()) {
            SecureRandom random = new SecureRandom();
            World world = new World(
                    System.in,
                    out,
                    err,
                    System.getenv(),
                    Terminal.of(System.getProperties()),
                    time,
                    ZoneId.systemDefault(),
                    random,
                    Who.runsThis(),
                    new Brokers(time, random));
            code = Commands.run(world, args);
        } finally {
            out.flush();
        }
        System.exit(results.exit(code, err));
    }
}
