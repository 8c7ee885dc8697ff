package dev.errand.contract.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A Go program, built from its source by the Go toolchain, which fetches the public modules that it names. */
public final class GoProgram {
    private static final long MINUTES = 8;

    private GoProgram() {}

    /** Thrown where there is no Go, or its modules cannot be had: the message says which. */
    public static final class Missing extends Exception {
        private static final long serialVersionUID = 1L;

        Missing(String message) {
            super(message);
        }
    }

    /**
     * Builds the program whose {@code go.mod} is in {@code source}; answers its file, which is put into {@code folder}.
     *
     * @throws Missing if this machine cannot build Go programs
     * @throws IOException if the program itself cannot be built; the message is what the compiler says
     */
    public static Path build(Path source, Path folder) throws IOException, InterruptedException, Missing {
        Optional<Path> go = Programs.find("go");
        if (go.isEmpty()) {
            throw new Missing("Go is not installed");
        }
        Path program = folder.resolve("program").toAbsolutePath();
        Path log = folder.resolve("build.log");
        Process build = new ProcessBuilder(go.get().toString(), "build", "-o", program.toString(), ".")
                .directory(source.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended = build.waitFor(MINUTES, TimeUnit.MINUTES);
        if (!ended) {
            build.destroyForcibly();
            throw new IOException("Building the Go program takes longer than " + MINUTES + " minutes");
        }
        String said = Files.readString(log);
        if (build.exitValue() != 0 && said.contains("dial tcp")) {
            throw new Missing("the Go modules cannot be fetched: " + said);
        }
        if (build.exitValue() != 0) {
            throw new IOException("The Go program cannot be built: " + said);
        }
        return program;
    }
}
