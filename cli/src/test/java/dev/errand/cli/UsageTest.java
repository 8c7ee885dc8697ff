package dev.errand.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.BrokerUnavailableException;
import dev.errand.StorageException;
import dev.errand.broker.Payload;
import dev.errand.memory.MemoryBroker;
import dev.errand.time.ManualTime;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wrong command lines, brokers that cannot be had, and what tasks may hold against whoever looks at them. */
class UsageTest {
    @TempDir
    Path folder;

    private final ManualTime time = new ManualTime(Rig.START);
    private final Rig rig = new Rig(time, new MemoryBroker(time, new Random(7)));

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void aWrongCommandLineIsRefusedWithTheRemedy() {
        rig.enqueue("a");
        for (List<String> wrong : List.of(
                List.<String>of(),
                List.of("quues"),
                List.of("queues", "--nope"),
                List.of("tasks", "--state", "sleeping"),
                List.of("tasks", "--limit", "0"),
                List.of("tasks", "--limit", "many"),
                List.of("tasks", "--since", "soon"),
                List.of("tasks", "--cursor", "nope"),
                List.of("tasks", "--error", ""),
                List.of("task"),
                List.of("task", ""),
                List.of("task", "x".repeat(300)),
                List.of("task", "a\033[2Jb"),
                List.of("enqueue"),
                List.of("enqueue", ""),
                List.of("enqueue", "t", "{"),
                List.of("enqueue", "t", "{}", "extra"),
                List.of("enqueue", "t", "--delay", "soon"),
                List.of("enqueue", "t", "--delay", "400d"),
                List.of("enqueue", "t", "--delay", "1s", "--run-at", "1h"),
                List.of("enqueue", "t", "--run-at", "2030-01-01"),
                List.of("enqueue", "t", "--deadline", "2020-01-01"),
                List.of("enqueue", "t", "--deadline", "1m", "--delay", "2m"),
                List.of("enqueue", "t", "--priority", "101"),
                List.of("enqueue", "t", "--max-attempts", "0"),
                List.of("enqueue", "t", "--timeout", "0s"),
                List.of("enqueue", "t", "--unique-for", "1h"),
                List.of("enqueue", "t", "--unique", " "),
                List.of("enqueue", "t", "--debounce", "k"),
                List.of("enqueue", "t", "--debounce", "k", "--delay", "0s"),
                List.of("enqueue", "t", "--debounce", " ", "--delay", "1s"),
                List.of("enqueue", "t", "--debounce", "k", "--delay", "1s", "--unique", "u"),
                List.of("enqueue", "t", "--debounce", "k", "--delay", "2s", "--debounce-max", "1s"),
                List.of("enqueue", "t", "--debounce-max", "1s"),
                List.of("enqueue", "t", "--queue", ""),
                List.of("enqueue", "t", "--header", "novalue"),
                List.of("enqueue", "t", "\"" + "x".repeat(300_000) + "\""),
                List.of("enqueue", "t", "--schema-version", "0"),
                List.of("edit", "a"),
                List.of("edit", "-", "--payload", "-"),
                List.of("dead"),
                List.of("dead", "bury"),
                List.of("dead", "purge", "--limit", "0", "--all"),
                List.of("pause"),
                List.of("pause", ""),
                List.of("watch", "--interval", "0s"),
                List.of("watch", "--count", "-1"),
                List.of("completion", "fish"))) {
            Rig.Ran ran = rig.run(wrong.toArray(String[]::new));
            assertThat(ran.exit()).as("%s: %s", wrong, ran.err()).isEqualTo(Exit.USAGE);
            assertThat(ran.err()).as("%s", wrong).startsWith("errand: ").doesNotContain("\033", "Exception");
            assertThat(ran.out()).as("%s", wrong).isEmpty();
        }
        assertThat(rig.run("quues").err()).contains("did you mean").contains("queues");
    }

    @Test
    void withoutABrokerTheCommandSaysHowToNameOne() throws Exception {
        rig.environment.remove("ERRAND_BROKER");
        assertThat(rig.run("queues").exit()).isEqualTo(Exit.USAGE);
        assertThat(rig.run("queues").err()).contains("--broker URL").contains("ERRAND_BROKER_FILE");
        assertThat(rig.run("queues", "-b", "nothing").exit()).isEqualTo(Exit.USAGE);
        assertThat(rig.run("--broker", "test:", "queues").exit()).isZero();
        assertThat(rig.run("queues", "--broker", "test:").exit()).isZero();

        Path file = Files.writeString(folder.resolve("url"), "# the broker\n\n test:secret \n");
        rig.environment.put("ERRAND_BROKER_FILE", file.toString());
        assertThat(rig.run("queues").exit()).isZero();
        Files.writeString(file, "\n");
        assertThat(rig.run("queues").err()).contains("is empty");
        rig.environment.put("ERRAND_BROKER_FILE", folder.resolve("none").toString());
        assertThat(rig.run("queues").err()).contains("cannot read the file");
        assertThat(rig.run("queues").exit()).isEqualTo(Exit.USAGE);
    }

    @Test
    void aBrokerThatCannotBeHadIsTheirExitCode() {
        Rig.Ran away = rig.run(
                (url, mayCreate) -> {
                    throw new BrokerUnavailableException("process 17 holds it; end it");
                },
                "queues");
        assertThat(away).isEqualTo(new Rig.Ran(Exit.BROKER, "", "errand: process 17 holds it; end it\n"));
        Rig.Ran damaged = rig.run(
                (url, mayCreate) -> {
                    throw new StorageException("it is damaged; restore a copy");
                },
                "queues",
                "--json");
        assertThat(damaged.exit()).isEqualTo(Exit.BROKER);
        Rig.Ran defect = rig.run(
                (url, mayCreate) -> {
                    throw new IllegalStateException("oops\033[2J");
                },
                "queues");
        assertThat(defect.exit()).isEqualTo(Exit.DEFECT);
        assertThat(defect.err())
                .contains("defect in Errand")
                .contains("    at ")
                .doesNotContain("\033");
    }

    @Test
    void anErrorOfTheMachineIsNotNothingFound() {
        Rig.Ran error = rig.run(
                (url, mayCreate) -> {
                    throw new InternalError("no room");
                },
                "tasks",
                "--all");
        assertThat(error.exit()).isEqualTo(Exit.DEFECT);
        assertThat(error.err()).startsWith("errand: ").contains("InternalError: no room");
    }

    @Test
    void realBrokersAreNotMadeByMistake() {
        World.Connector brokers = new Brokers(time, new Random(1));
        String url = "sqlite:" + folder.resolve("typo.db");
        Rig.Ran ran = rig.run(brokers, "queues", "-b", url);
        assertThat(ran.exit()).isEqualTo(Exit.BROKER);
        assertThat(ran.err()).contains("There is nothing at").contains("--create");
        assertThat(folder.resolve("typo.db")).doesNotExist();
        assertThat(rig.run(brokers, "enqueue", "t", "-b", url).exit()).isEqualTo(Exit.BROKER);
        assertThat(rig.run(brokers, "enqueue", "t", "-b", url, "--create").exit())
                .isZero();
        assertThat(rig.run(brokers, "queues", "-b", url).exit()).isZero();
        assertThat(rig.run(brokers, "queues", "-b", "sqlite:" + folder).exit()).isEqualTo(Exit.BROKER);
        Rig.Ran memory = rig.run(brokers, "queues", "-b", "memory:");
        assertThat(memory.exit()).isEqualTo(Exit.BROKER);
        assertThat(memory.err()).contains("memory of one process");
        Rig.Ran unknown = rig.run(brokers, "queues", "-b", "carrier-pigeon://user:secret@coop/x?key=secret");
        assertThat(unknown.exit()).isEqualTo(Exit.USAGE);
        assertThat(unknown.err()).contains("carrier-pigeon").doesNotContain("secret");
    }

    @Test
    void whatTasksHoldDoesNotReachTheTerminalRaw() {
        String evil = "\033]0;owned\007\033[2J\u009b31m\u202e";
        rig.enqueue(rig.envelope(
                "evil",
                "type\u202e",
                "queue\u200b",
                new Payload(evil.getBytes(StandardCharsets.UTF_8), "text/plain", 1)));
        rig.enqueue("json", "t", "q", "{\"a\":\"\\u001b[2J\"}");
        var worker = rig.worker("w\u202e", "queue\u200b", "type\u202e");
        rig.kill(worker, "queue\u200b", dev.errand.DeadCause.REFUSED, evil);
        time.advance(java.time.Duration.ofSeconds(1));
        rig.terminal = new Terminal(false, true, true, 60);
        for (String[] command : List.<String[]>of(
                new String[] {"tasks"},
                new String[] {"task", "evil", "--stacks"},
                new String[] {"dead", "list"},
                new String[] {"dead", "redrive", "--all", "--dry-run"},
                new String[] {"queues"},
                new String[] {"workers"},
                new String[] {"explain", "evil"},
                new String[] {"doctor"},
                new String[] {"tasks", "--json"},
                new String[] {"task", "evil", "json", "--json"},
                new String[] {"explain", "evil", "--json"})) {
            Rig.Ran ran = rig.run(
                    Stream.concat(Stream.of(command), Stream.of("--no-color")).toArray(String[]::new));
            assertThat(ran.out() + ran.err())
                    .as(String.join(" ", command))
                    .doesNotContain("\033", "\007", "\u009b", "\u202e", "\u200b");
        }
    }

    @Test
    void coloursAreForTerminalsThatWantThem() {
        rig.enqueue("a");
        assertThat(rig.run("queues").out()).doesNotContain("\033");
        rig.terminal = new Terminal(true, true, true, 80);
        assertThat(rig.run("queues").out()).contains("\033[1mQUEUE");
        assertThat(rig.run("queues", "--no-color").out()).doesNotContain("\033");
        rig.environment.put("NO_COLOR", "1");
        assertThat(rig.run("queues").out()).doesNotContain("\033");
    }

    @Test
    void quietIsQuiet() {
        rig.enqueue("a");
        rig.enqueue("b");
        assertThat(rig.run("tasks", "--limit", "1").err()).contains("--cursor");
        assertThat(rig.run("tasks", "--limit", "1", "-q").err()).isEmpty();
        assertThat(rig.run("task", "none", "-q").err())
                .as("what went wrong is always said")
                .isNotEmpty();
    }

    @Test
    void everyCommandHasItsHelp() {
        for (String command : Commands.names()) {
            Rig.Ran ran = rig.run(command, "--help");
            assertThat(ran.exit()).as(command).isZero();
            assertThat(ran.out()).as(command).startsWith("Usage: errand " + command);
        }
        assertThat(rig.run("--help").out()).contains(Commands.names());
        assertThat(rig.run("--version").out()).startsWith("errand ");
        assertThat(rig.run("help", "queues").out()).startsWith("Usage: errand queues");
    }

    @Test
    void watchPrintsALineForEachIntervalWithoutATerminal() {
        rig.enqueue("a");
        assertThat(rig.run("watch", "--count", "1").out())
                .isEqualTo(
                        "2026-11-23T10:00:00Z ready 1 active 0 later 0 retry 0 dead 0 grows +0.0/s oldest 0ms workers 0\n");
        assertThat(rig.run("watch", "--count", "1", "--json").out())
                .isEqualTo(
                        "{\"at\":\"2026-11-23T10:00:00Z\",\"workers\":0,\"queues\":[{\"queue\":\"mail\",\"ready\":1,\"active\":0,\"scheduled\":0,\"retry\":0,\"dead\":0,\"grows_per_second\":0.0,\"dead_per_second\":0.0,\"oldest_ready_seconds\":0,\"paused\":false,\"workers\":0}]}\n");
    }
}
