package dev.errand.sql;

import static dev.errand.sql.Fixtures.task;
import static dev.errand.sql.Fixtures.upTo;
import static dev.errand.sql.Fixtures.worker;

import dev.errand.TaskId;
import dev.errand.broker.Delivery;
import dev.errand.broker.Intake;
import dev.errand.broker.TaskStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another process on the same file, steered by lines: one answer for each. */
final class Peer implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;
    private final OutputStream commands;

    private Peer(Process process) {
        this.process = process;
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.commands = process.getOutputStream();
    }

    /** Starts a process that has the file open. */
    static Peer start(Path file) throws IOException {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Djava.io.tmpdir=" + file.toAbsolutePath().getParent(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Peer.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Peer peer = new Peer(process);
        peer.expect("open");
        return peer;
    }

    /** Says a command and waits for its answer. */
    String ask(String command) throws IOException {
        say(command);
        return answer();
    }

    void say(String command) throws IOException {
        commands.write((command + "\n").getBytes(StandardCharsets.UTF_8));
        commands.flush();
    }

    String answer() throws IOException {
        String line = answers.readLine();
        while (line != null && !line.startsWith("> ")) {
            line = answers.readLine(); // something that the JVM or a logger printed
        }
        if (line == null) {
            throw new IOException("the other process has ended");
        }
        return line.substring(2);
    }

    void expect(String answer) throws IOException {
        String got = answer();
        if (!got.equals(answer)) {
            throw new IOException("expected " + answer + " but got " + got);
        }
    }

    long pid() {
        return process.pid();
    }

    /** Sends a signal by its name. */
    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
        if (name.equals("KILL")) {
            process.waitFor(10, TimeUnit.SECONDS);
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        answers.close();
    }

    /** The other process. */
    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (SqlBroker broker = Fixtures.open(Path.of(args[0]))) {
            answer("open");
            Intake intake = null;
            List<Delivery> taken = List.of();
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ");
                switch (words[0]) {
                    case "enqueue" -> {
                        answer(broker.enqueue(List.of(task(words[1])))
                                .getFirst()
                                .toString());
                    }
                    case "work" -> {
                        intake = broker.open(worker(words[1]), new Fixtures.Told());
                        answer("working");
                    }
                    case "take" -> {
                        taken = intake.take(upTo(Integer.parseInt(words[1]), Duration.ofSeconds(30)));
                        answer("took " + taken.size());
                    }
                    case "settle" -> {
                        intake.settle(taken.stream().map(Fixtures::completed).toList());
                        answer("settled");
                    }
                    case "await" -> {
                        answer("awaiting");
                        var task = broker.extension(TaskStore.class)
                                .orElseThrow()
                                .awaitEnd(TaskId.of(words[1]), Duration.ofSeconds(30));
                        answer(task.map(t -> t.state().name()).orElse("gone"));
                    }
                    case "write-for-ever" -> {
                        answer(broker.writer().call(1, tx -> {
                            answer("writing");
                            try {
                                return in.readLine();
                            } catch (IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        }));
                    }
                    default -> answer("unknown " + line);
                }
            }
        }
    }

    private static void answer(String text) {
        System.out.println("> " + text);
        System.out.flush();
    }
}
