package dev.errand.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.errand.DeadCause;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskState;
import dev.errand.broker.Broker;
import dev.errand.broker.Intake;
import dev.errand.broker.Payload;
import dev.errand.broker.Subscriptions;
import dev.errand.broker.TaskStore;
import dev.errand.time.ManualTime;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every command does, the same on every broker. */
abstract class CommandsOnBroker {
    @TempDir
    Path folder;

    private Rig rig;

    abstract Broker open(ManualTime time, Path folder);

    @BeforeEach
    void start() {
        ManualTime time = new ManualTime(Rig.START);
        rig = new Rig(time, open(time, folder));
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private TaskInfo find(String id) {
        return rig.broker
                .extension(TaskStore.class)
                .orElseThrow()
                .find(TaskId.of(id))
                .orElseThrow();
    }

    private Rig.Ran done(String... args) {
        Rig.Ran ran = rig.run(args);
        assertThat(ran.exit()).as("%s: %s", Arrays.toString(args), ran.err()).isZero();
        return ran;
    }

    private Rig.Ran fails(int exit, String... args) {
        Rig.Ran ran = rig.run(args);
        assertThat(ran.exit())
                .as("%s: %s %s", Arrays.toString(args), ran.out(), ran.err())
                .isEqualTo(exit);
        assertThat(ran.err()).startsWith("errand: ");
        return ran;
    }

    /** One task in each state that can be had, in two queues. */
    private void stock() {
        Intake worker = rig.worker("mailer", "mail", "mail.confirm");
        rig.enqueue("dead");
        rig.kill(worker, "mail", DeadCause.REFUSED, "550 no mailbox");
        rig.enqueue("retry");
        rig.retryLater(worker, "mail", "421 busy", Duration.ofMinutes(5));
        rig.enqueue("active");
        Rig.take(worker, "mail");
        rig.enqueue("ready");
        rig.enqueue("other", "report", "reports", "{}");
        rig.enqueue(rig.envelope("later", "mail.confirm", "mail", new Payload(new byte[0], "text/plain", 1))
                .withNotBefore(rig.time.now().plusSeconds(3600)));
        rig.time.advance(Duration.ofSeconds(90));
    }

    @Test
    void queuesShowCountsAgesAndWorkers() {
        stock();
        done("pause", "reports");
        rig.time.advance(Duration.ofSeconds(30));
        assertThat(done("queues").out()).isEqualTo("""
                        QUEUE    READY  ACTIVE  SCHEDULED  RETRY  DEAD  DONE  OLDEST  WORKERS  PAUSED
                        mail         1       1          1      1     1     -      2m        1
                        reports      1       -          -      -     -     -      2m        0  for 30s
                        """);
        assertThat(done("queues", "mail", "--json").out()).isEqualTo("""
                        {"queue":"mail","depth":1,"states":{"scheduled":1,"waiting":0,"pending":1,"active":1,"retry":1,"completed":0,"dead":1,"cancelled":0},"oldest_ready_seconds":120,"paused":false,"workers":1}
                        """);
        assertThat(done("queues", "reports", "--json").out())
                .contains("\"paused\":true,\"paused_since\":\"2026-11-23T10:01:30Z\",\"workers\":0");
        assertThat(fails(1, "queues", "nope").err()).contains("there is no queue nope");
    }

    @Test
    void tasksAreListedFilteredAndPaged() {
        stock();
        assertThat(done("tasks").out()).isEqualTo("""
                        ID      STATE      QUEUE    TYPE          FAILED    AGE  WHEN         ERROR
                        later   SCHEDULED  mail     mail.confirm       -  1m30s  in 58m30s
                        other   PENDING    reports  report             -  1m30s  ready 1m30s
                        ready   PENDING    mail     mail.confirm       -  1m30s  ready 1m30s
                        active  ACTIVE     mail     mail.confirm       -  1m30s  runs 1m30s
                        retry   RETRY      mail     mail.confirm       1  1m30s  in 3m30s     IOException: 421 busy
                        dead    DEAD       mail     mail.confirm       1  1m30s  1m30s ago    REFUSED: 550 no mailbox
                        """);
        assertThat(done("tasks", "--ids", "--queue", "mail", "--state", "pending,retry")
                        .out())
                .isEqualTo("ready\nretry\n");
        assertThat(done("tasks", "--ids", "--type", "report").out()).isEqualTo("other\n");
        assertThat(done("tasks", "--ids", "--error", "421").out()).isEqualTo("retry\n");
        assertThat(done("tasks", "--ids", "--since", "2m").out().lines()).hasSize(6);
        assertThat(rig.run("tasks", "--ids", "--since", "1m").exit()).isEqualTo(1);
        assertThat(done("tasks", "--ids", "--until", "2026-11-23T10:00:01")
                        .out()
                        .lines())
                .hasSize(6);
        Rig.Ran first = done("tasks", "--ids", "--limit", "4");
        assertThat(first.out()).isEqualTo("later\nother\nready\nactive\n");
        String cursor = first.err().replaceAll("(?s).*--cursor (\\S+) .*", "$1");
        assertThat(done("tasks", "--ids", "--cursor", cursor).out()).isEqualTo("retry\ndead\n");
        assertThat(done("tasks", "--ids", "--limit", "1", "--all").out().lines())
                .hasSize(6);
    }

    @Test
    void aTaskAsJsonIsOneLineThatScriptsCanRelyOn() {
        stock();
        assertThat(done("tasks", "--json", "--state", "dead").out()).isEqualTo("""
                        {"id":"dead","type":"mail.confirm","queue":"mail","state":"dead","priority":0,"created":"2026-11-23T10:00:00Z","started":"2026-11-23T10:00:00Z","ended":"2026-11-23T10:00:00Z","attempts_failed":1,"max_attempts":25,"crashes":0,"cause":"refused","reason":"550 no mailbox","cancel_requested":false,"content_type":"application/json","payload_bytes":16,"last_error":{"at":"2026-11-23T10:00:00Z","attempt":1,"error":"java.io.IOException","message":"550 no mailbox","worker":"w-1"}}
                        """);
        assertThat(done("task", "dead", "--json").out())
                .contains(
                        "\"payload\":{\"content_type\":\"application/json\",\"schema_version\":1,\"bytes\":16,\"json\":{\"order\":\"dead\"}}")
                .contains("\"stack\":\"java.io.IOException: 550 no mailbox\\n\\tat Mailer.send(Mailer.java:7)\"")
                .hasLineCount(1);
    }

    @Test
    void aTaskIsShownWithAllThatIsKnownOfIt() {
        stock();
        assertThat(done("task", "dead").out()).isEqualTo("""
                        Task dead
                          type        mail.confirm
                          queue       mail
                          state       DEAD, REFUSED
                          reason      550 no mailbox
                          created     2026-11-23T10:00:00Z, 1m30s ago
                          started     2026-11-23T10:00:00Z, 1m30s ago
                          ended       2026-11-23T10:00:00Z, 1m30s ago
                          attempts    1 of 25 failed (its worker's task type decides)
                          timeout     30m
                          retention   none: it is deleted when it has completed
                          payload     16 bytes of application/json, schema version 1
                            {
                              "order": "dead"
                            }
                          error       2026-11-23T10:00:00Z, attempt 1, worker w-1: java.io.IOException: 550 no mailbox
                            --stacks shows where
                        """);
        assertThat(done("dead", "show", "dead").out())
                .contains("    at Mailer.send(Mailer.java:7)\n".indent(4).stripTrailing());
        assertThat(fails(1, "task", "nobody").err())
                .contains("there is no task nobody")
                .contains("explain");
        assertThat(fails(1, "dead", "show", "ready").err()).contains("no dead letter ready");
    }

    @Test
    void aPayloadIsWrittenAsItIs() {
        byte[] bytes = {0, 1, 27, (byte) 0xff, '\n'};
        rig.enqueue(rig.envelope("bytes", "t", "q", new Payload(bytes, "application/octet-stream", 1)));
        done("task", "bytes", "--raw");
        assertThat(rig.written).isEqualTo(bytes);
        assertThat(done("task", "bytes").out())
                .contains("0000  00 01 1b ff 0a                                   .....")
                .doesNotContain("\033");
        assertThat(done("task", "bytes", "--json").out()).contains("\"base64\":\"AAEb/wo=\"");
        assertThat(fails(2, "task", "bytes", "other", "--raw").err()).contains("give one id");
        assertThat(fails(1, "task", "bytes", "--raw", "--result").err()).contains("no result");
        fails(2, "task", "bytes", "--result");
    }

    @Test
    void aHugePayloadIsCutForPeople() {
        String text = "{\"text\":\"" + "x".repeat(200_000) + "\"}";
        rig.enqueue("huge", "t", "q", text);
        assertThat(done("task", "huge").out()).hasSizeLessThan(12_000).contains("--raw writes all of it");
        assertThat(done("task", "huge", "--json").out()).contains(text);
        done("task", "huge", "--raw");
        assertThat(rig.written).hasSize(text.length());
    }

    @Test
    void aTaskIsEnqueuedWithAllThatWasGiven() {
        assertThat(done(
                                "enqueue",
                                "mail.confirm",
                                "{\"a\": 1}",
                                "--id",
                                "mine",
                                "--queue",
                                "mail",
                                "--delay",
                                "1h30m",
                                "--deadline",
                                "1d",
                                "--priority",
                                "7",
                                "--max-attempts",
                                "3",
                                "--timeout",
                                "5s",
                                "--retention",
                                "1h",
                                "--unique",
                                "o-1",
                                "--unique-for",
                                "10m",
                                "--header",
                                "trace=abc=d",
                                "--schema-version",
                                "2")
                        .out())
                .isEqualTo("mine\n");
        var task = find("mine");
        assertThat(task.state()).isEqualTo(TaskState.SCHEDULED);
        assertThat(task.due()).isEqualTo(Rig.START.plusSeconds(5400));
        var envelope = task.envelope();
        assertThat(envelope.deadline()).isEqualTo(Rig.START.plus(Duration.ofDays(1)));
        assertThat(envelope.priority()).isEqualTo(7);
        assertThat(envelope.policy().maxAttempts()).isEqualTo(3);
        assertThat(envelope.policy().timeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(envelope.policy().retention()).isEqualTo(Duration.ofHours(1));
        assertThat(envelope.policy().explicit()).hasSize(3);
        assertThat(envelope.unique().key()).isEqualTo("o-1");
        assertThat(envelope.headers()).containsEntry("trace", "abc=d").containsEntry("enqueued-by", "ann@desk");
        assertThat(envelope.payload())
                .isEqualTo(new Payload("{\"a\": 1}".getBytes(StandardCharsets.UTF_8), "application/json", 2));
        assertThat(done("enqueue", "mail.confirm", "--unique", "o-1", "--json").out())
                .isEqualTo("{\"id\":\"mine\",\"result\":\"duplicate\"}\n");
    }

    @Test
    void aDebouncedTaskTakesThePlaceOfTheWaitingOne() throws Exception {
        done("enqueue", "index", "1", "--id", "first", "--debounce", "o-1", "--delay", "10s");
        assertThat(done("enqueue", "index", "2", "--debounce", "o-1", "--delay", "30s", "--json")
                        .out())
                .isEqualTo("{\"id\":\"first\",\"result\":\"replaced\"}\n");
        var task = find("first");
        assertThat(task.due()).isEqualTo(Rig.START.plusSeconds(30));
        assertThat(task.envelope().payload().bytes())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("2");
        assertThat(task.envelope().debounce().latest()).isEqualTo(Rig.START.plusSeconds(100));
    }

    @Test
    void aPayloadComesFromAFileOrFromStandardInput() throws Exception {
        Path file = Files.writeString(folder.resolve("payload.json"), "[1, 2]");
        done("enqueue", "t", "@" + file, "--id", "file");
        assertThat(find("file").envelope().payload().bytes())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("[1, 2]");
        rig.input = "\"世界\"";
        done("enqueue", "t", "-", "--id", "stdin");
        assertThat(find("stdin").envelope().payload().bytes())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("\"世界\"");
        done("enqueue", "t", "not json", "--id", "text", "--content-type", "text/plain");
        assertThat(fails(2, "enqueue", "t", "@" + folder.resolve("none")).err()).contains("cannot read the payload");
    }

    @Test
    void aWaitingTaskIsRunRetriedEditedCancelledAndDeleted() {
        stock();
        assertThat(done("run", "later").out()).isEqualTo("later ready\n");
        assertThat(find("later").state()).isEqualTo(TaskState.PENDING);
        assertThat(fails(1, "run", "ready", "active", "dead").err())
                .contains("task ready: it is ready already")
                .contains("task active: it runs already")
                .contains("task dead: it is a dead letter; ./errand retry");
        assertThat(done("retry", "retry", "dead").out()).isEqualTo("retry ready\ndead redriven\n");
        assertThat(find("dead").state()).isEqualTo(TaskState.PENDING);
        assertThat(fails(1, "retry", "ready").err()).contains("only DEAD and RETRY");

        assertThat(done("edit", "ready", "--payload", "{\"b\":2}", "--priority", "5", "--due", "1h")
                        .out())
                .isEqualTo("ready edited\n");
        assertThat(find("ready").due()).isEqualTo(rig.time.now().plusSeconds(3600));
        assertThat(find("ready").envelope().payload().bytes())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("{\"b\":2}");
        assertThat(fails(1, "edit", "active", "--priority", "1").err()).contains("only a task that waits");
        fails(2, "edit", "ready");
        fails(2, "edit", "ready", "--payload", "nope");
        fails(2, "edit", "ready", "--priority", "1000");

        assertThat(done("cancel", "ready", "active", "--reason", "wrong order").out())
                .isEqualTo("ready cancelled\nactive requested\n");
        assertThat(find("ready").reason()).isEqualTo("cancelled by ann@desk: wrong order");
        assertThat(find("active").cancelRequested()).isTrue();
        assertThat(fails(1, "cancel", "ready").err()).contains("it has ended already");

        assertThat(fails(1, "delete", "active").err()).contains("it runs");
        assertThat(done("delete", "ready", "--json").out())
                .isEqualTo("{\"id\":\"ready\",\"done\":true,\"result\":\"deleted\"}\n");
        assertThat(fails(1, "delete", "ready").err()).contains("there is no such task");
        assertThat(rig.run("cancel", "nobody", "--json"))
                .isEqualTo(new Rig.Ran(
                        1,
                        "{\"id\":\"nobody\",\"done\":false,\"result\":\"unknown\",\"message\":\"there is no such task; ./errand explain nobody says what that can mean\"}\n",
                        ""));
    }

    @Test
    void anEditedPayloadKeepsEachTasksContentTypeAndVersion() {
        rig.enqueue(rig.envelope("a", "t", "q", new Payload(new byte[] {1}, "text/plain", 2)));
        rig.enqueue(rig.envelope("b", "t", "q", new Payload(new byte[] {2}, "application/json", 3)));
        rig.input = "[7]";
        done("edit", "a", "b", "--payload", "-");
        byte[] bytes = "[7]".getBytes(StandardCharsets.UTF_8);
        assertThat(find("a").envelope().payload()).isEqualTo(new Payload(bytes, "text/plain", 2));
        assertThat(find("b").envelope().payload()).isEqualTo(new Payload(bytes, "application/json", 3));
    }

    @Test
    void idsComeFromStandardInput() {
        rig.enqueue("a");
        rig.enqueue("b");
        rig.enqueue("c");
        rig.input = "# from a list\n\na\n  b  \n";
        assertThat(done("delete", "-", "c").out()).isEqualTo("a deleted\nb deleted\nc deleted\n");
        rig.input = "";
        assertThat(fails(1, "delete", "-").err()).contains("no ids");
        fails(2, "delete");
    }

    private void deadLetters(int count) {
        deadLettersNamed("dead-", count);
    }

    private void deadLettersNamed(String prefix, int count) {
        Intake worker = rig.worker(prefix + "mailer", "mail", "mail.confirm");
        for (int i = 0; i < count; i++) {
            rig.enqueue(prefix + i);
            rig.kill(
                    worker,
                    "mail",
                    i % 2 == 0 ? DeadCause.EXHAUSTED : DeadCause.REFUSED,
                    i % 2 == 0 ? "busy" : "no mailbox");
        }
        rig.time.advance(Duration.ofSeconds(1));
    }

    @Test
    void aLimitShowsTheOldestWhichGo() {
        deadLetters(15);
        Rig.Ran look = done("dead", "purge", "--all", "--limit", "2", "--dry-run");
        assertThat(look.out())
                .contains("dead-0 ", "dead-1 ")
                .doesNotContain("dead-14", "dead-2 ")
                .endsWith("2 would be purged\n");
        assertThat(look.err()).contains("These are the oldest; the newer ones that match stay.");
        assertThat(done("dead", "purge", "--all", "--limit", "12", "--dry-run"))
                .satisfies(
                        many -> assertThat(many.out()).contains("dead-9 ").doesNotContain("dead-10", "dead-14"),
                        many -> assertThat(many.err()).contains("… and 2 more"));
        rig.terminal = new Terminal(true, true, true, 100);
        rig.input = "y\n";
        assertThat(done("dead", "purge", "--all", "--limit", "2").out())
                .contains("dead-0 ")
                .endsWith("2 purged\n");
        assertThat(done("dead", "list", "--ids").out()).contains("dead-2\n").doesNotContain("dead-0\n", "dead-1\n");
        assertThat(done("dead", "purge", "--all", "--limit", "13", "--dry-run").err())
                .as("all that match")
                .doesNotContain("oldest");
    }

    @Test
    void whatDiesAfterTheLookIsLeft() {
        deadLetters(2);
        Rig.Ran ran = rig.run(rig.afterCount(() -> deadLettersNamed("late-", 3)), "dead", "purge", "--all", "--yes");
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out()).isEqualTo("2 purged\n");
        assertThat(done("dead", "list", "--ids").out()).isEqualTo("late-2\nlate-1\nlate-0\n");
    }

    @Test
    void deadLettersAreRedrivenInBulkAfterALook() {
        deadLetters(15);
        assertThat(done("dead", "list", "--ids").out().lines()).hasSize(15).startsWith("dead-14");
        assertThat(rig.run("dead", "list", "--queue", "none").exit()).isEqualTo(1);
        Rig.Ran look = done("dead", "redrive", "--error", "busy", "--dry-run");
        assertThat(look.out()).contains("dead-14").endsWith("8 would be redriven\n");
        assertThat(fails(2, "dead", "redrive", "--all").err())
                .contains("15 dead letters")
                .contains("--yes");
        assertThat(fails(2, "dead", "redrive").err()).contains("say which");
        fails(2, "dead", "redrive", "dead-1", "--all");
        assertThat(done("dead", "redrive", "--error", "busy", "--yes").out()).isEqualTo("8 redriven\n");
        assertThat(done("dead", "redrive", "dead-1").out()).isEqualTo("dead-1 redriven\n");
        assertThat(fails(1, "dead", "redrive", "dead-1").err()).contains("no dead letter dead-1");
        assertThat(done("dead", "purge", "--all", "--limit", "2", "--yes", "--json")
                        .out())
                .isEqualTo("{\"count\":2,\"done\":true,\"result\":\"purged\"}\n");
        assertThat(done("dead", "list", "--ids").out().lines()).hasSize(4);
        done("dead", "purge", "--type", "mail.confirm", "--yes");
        assertThat(rig.run("dead", "purge", "--all", "--yes").exit()).isEqualTo(1);
    }

    @Test
    void aPersonAtATerminalIsAsked() {
        deadLetters(2);
        rig.terminal = new Terminal(true, true, true, 100);
        rig.input = "n\n";
        Rig.Ran no = fails2("dead", "purge", "--all");
        assertThat(no.err())
                .contains("2 dead letters will be purged. Go on? [y/N] ")
                .contains("nothing was done");
        assertThat(no.out()).contains("dead-1");
        rig.input = "";
        fails2("dead", "purge", "--all");
        rig.input = "Yes\n";
        assertThat(done("dead", "purge", "--all").out()).endsWith("2 purged\n");
    }

    private Rig.Ran fails2(String... args) {
        Rig.Ran ran = rig.run(args);
        assertThat(ran.exit()).isEqualTo(1);
        return ran;
    }

    @Test
    void queuesArePausedAndResumed() {
        rig.enqueue("a");
        assertThat(done("pause", "mail", "new").err()).contains("no task has ever been in a queue new");
        assertThat(done("pause", "mail", "--json").out())
                .isEqualTo("{\"queue\":\"mail\",\"result\":\"paused before\"}\n");
        assertThat(done("explain", "a").out()).contains("BAD   Its queue mail has been paused");
        assertThat(done("resume", "mail").out()).isEqualTo("mail resumed\n");
        assertThat(done("resume", "mail").out()).isEqualTo("mail not paused\n");
    }

    @Test
    void workersAreShownWithWhatTheyServe() {
        assertThat(rig.run("workers").exit()).isEqualTo(1);
        rig.worker("mailer", java.util.Map.of("mail", 3, "bulk", 1), true, 8, "b", "a");
        rig.time.advance(Duration.ofSeconds(70));
        assertThat(done("workers").out()).isEqualTo("""
                        NAME     PID     UP       SEEN  RUNNING  QUEUES                TYPES
                        mailer  4242  1m10s  1m10s ago      0/8  mail:3 bulk (strict)  a b
                        """);
        assertThat(done("workers", "--json").out()).isEqualTo("""
                        {"id":"mailer-1","name":"mailer","host":"desk","pid":4242,"started":"2026-11-23T10:00:00Z","seen":"2026-11-23T10:00:00Z","running":0,"concurrency":8,"queues":{"bulk":1,"mail":3},"strict":true,"types":["a","b"],"lease_seconds":30}
                        """);
    }

    @Test
    void explainAndDoctorAnswerPeopleAndPrograms() {
        stock();
        assertThat(done("explain", "dead").out())
                .startsWith(
                        "Task dead is DEAD: It is a dead letter, REFUSED, since 2026-11-23T10:00:00Z (90 s ago): 550 no mailbox.\n");
        assertThat(done("explain", "retry", "--json").out())
                .startsWith(
                        "{\"id\":\"retry\",\"at\":\"2026-11-23T10:01:30Z\",\"state\":\"retry\",\"headline\":\"Task retry is RETRY: ")
                .contains("\"level\":\"ok\",\"code\":\"due-later\"");
        Rig.Ran unknown = rig.run("explain", "nobody");
        assertThat(unknown.exit()).isEqualTo(1);
        assertThat(unknown.out()).contains("has no task nobody");
        Rig.Ran doctor = rig.run("doctor", "--json");
        assertThat(doctor.exit()).isEqualTo(1);
        assertThat(doctor.out())
                .contains("\"level\":\"bad\",\"code\":\"queue-unserved\",\"what\":\"The queue reports holds 1");
        assertThat(rig.run("doctor").out()).startsWith("BAD   ");
    }

    @Test
    void schedulesAreMadeShownChangedRunAndDeleted() {
        assertThat(done(
                                "schedules",
                                "create",
                                "nightly",
                                "report",
                                "{\"kind\":\"all\"}",
                                "--cron",
                                "0 3 * * *",
                                "--zone",
                                "Europe/Berlin",
                                "--queue",
                                "reports",
                                "--missed",
                                "all:5",
                                "--overlap",
                                "queue")
                        .out())
                .isEqualTo("nightly stored\n");
        assertThat(fails(1, "schedules", "create", "nightly", "report", "--every", "1h")
                        .err())
                .contains("there is a schedule nightly already");
        done("schedules", "create", "often", "ping", "--every", "15m");
        done("schedules", "pause", "often");
        assertThat(done("schedules", "list").out()).isEqualTo("""
                        NAME     TYPE    QUEUE    NEXT    FROM  RULE
                        nightly  report  reports  in 16h  hand  0 3 * * * (Europe/Berlin)
                        often    ping    default  paused  hand  every PT15M
                        """);
        assertThat(done("schedules", "next", "nightly", "-n", "2").out())
                .isEqualTo("2026-11-24T02:00:00Z\n2026-11-25T02:00:00Z\n");
        done("schedules", "edit", "nightly", "--every", "1d", "--from", "2026-11-23T12:00:00Z", "--jitter", "1m");
        String task = done("schedules", "run", "nightly").out().replaceFirst("nightly task (.*)\n", "$1");
        assertThat(find(task).envelope().payload().bytes())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("{\"kind\":\"all\"}");
        assertThat(find(task).envelope().payload().contentType()).isEqualTo("application/json");
        assertThat(find(task).queue()).isEqualTo("reports");
        assertThat(done("schedules", "show", "nightly").out())
                .contains(
                        "rule        every P",
                        "from 2026-11-23T12:00:00Z",
                        "enqueued_by_hand, task " + task,
                        "\"kind\": \"all\"");
        assertThat(done("schedules", "show", "often", "--json").out())
                .startsWith("{\"schedule\":\"often\",\"rule\":\"every PT15M\",\"type\":\"ping\",\"queue\":\"default\"")
                .contains("\"next\":[\"2026-11-23T10:15:00Z\"");
        done("schedules", "resume", "often");
        assertThat(done("schedules", "delete", "often", "nightly").out()).isEqualTo("often deleted\nnightly deleted\n");
        assertThat(fails(1, "schedules", "delete", "often").err()).contains("there is no schedule often");
        for (String[] unknown : new String[][] {
            {"show", "no"}, {"next", "no"}, {"edit", "no", "--every", "1h"}, {"pause", "no"}, {"run", "no"}
        }) {
            String[] words = new String[unknown.length + 1];
            words[0] = "schedules";
            System.arraycopy(unknown, 0, words, 1, unknown.length);
            assertThat(fails(1, words).err()).contains("there is no schedule no");
        }
        for (String[] wrong : new String[][] {
            {"schedules"},
            {"schedules", "create", "x", "t"},
            {"schedules", "create", "x", "t", "--cron", "nope"},
            {"schedules", "create", "x", "t", "--cron", "0 3 * * *", "--zone", "Mars/Base"},
            {"schedules", "create", "x", "t", "--every", "1h", "--at", "2h"},
            {"schedules", "create", "x", "t", "--every", "0s"},
            {"schedules", "create", "x", "t", "--every", "1h", "--missed", "some"},
            {"schedules", "create", "x", "t", "--every", "1h", "--jitter", "48h"},
            {"schedules", "create", "x", "t", "{", "--every", "1h"},
            {"schedules", "create", "x", "t", "--every", "1h", "--zone", "UTC"},
            {"schedules", "edit", "x"},
            {"schedules", "next", "x", "-n", "many"}
        }) {
            fails(2, wrong);
        }
    }

    private void publish(String event, int count) {
        for (int i = 0; i < count; i++) {
            rig.broker
                    .extension(Subscriptions.class)
                    .orElseThrow()
                    .publish(List.of(
                            rig.envelope(event + "-" + i, event, "", new Payload(new byte[0], "text/plain", 1))));
        }
    }

    @Test
    void subscriptionsAreMadeListedAndDeletedAfterALook() {
        assertThat(done("subscriptions", "list").err()).contains("There is no subscription.");
        assertThat(done("events").err()).contains("Nobody subscribes to any event.");
        assertThat(done("subscriptions", "create", "stock", "order.*", "user.born")
                        .out())
                .isEqualTo("stock gets order.* user.born\n");
        done("subscriptions", "create", "mail", "order.placed");
        publish("order.placed", 3);
        publish("order.cancelled", 1);
        assertThat(done("events").out()).isEqualTo("""
                        EVENTS        SUBSCRIPTIONS
                        order.*       stock
                        order.placed  mail
                        user.born     stock
                        """);
        assertThat(done("events", "order.cancelled").out()).contains("stock").doesNotContain("mail");
        assertThat(fails(1, "events", "unknown.event").err()).contains("nobody gets unknown.event");
        assertThat(done("subscriptions", "list").out())
                .startsWith("SUBSCRIPTION  READY  WORKERS  LAST SEEN")
                .containsPattern("mail +3 +0 .* ago +order.placed")
                .containsPattern("stock +4 +0 .* ago +order.\\* user.born");
        assertThat(done("subscriptions", "list", "--json").out())
                .contains("{\"subscription\":\"stock\",\"events\":[\"order.*\",\"user.born\"],\"queue\":\"sub:stock\","
                        + "\"depth\":4,\"workers\":0,\"created\":");
        assertThat(done("events", "--json").out())
                .contains("{\"events\":\"order.placed\",\"subscriptions\":[\"mail\"]}");
        assertThat(rig.run("doctor").out()).contains("subscription stock holds 4 waiting tasks");

        assertThat(done("subscriptions", "delete", "stock", "--event", "user.born")
                        .out())
                .isEqualTo("stock no longer gets user.born\n");
        assertThat(fails(1, "subscriptions", "delete", "stock", "--event", "user.born")
                        .err())
                .contains("does not get user.born");
        assertThat(done("subscriptions", "delete", "stock", "--dry-run").out())
                .isEqualTo("stock would be deleted with 4 pending\n");
        assertThat(fails(2, "subscriptions", "delete", "stock").err()).contains("--yes");
        assertThat(done("subscriptions", "list").out()).contains("stock");
        assertThat(done("subscriptions", "delete", "stock", "--yes").out()).isEqualTo("stock deleted with 4 pending\n");
        assertThat(fails(1, "subscriptions", "delete", "stock", "--yes").err())
                .contains("there is no subscription stock");
        assertThat(done("subscriptions", "list").out()).doesNotContain("stock");
        for (String[] wrong :
                new String[][] {{"subscriptions"}, {"subscriptions", "create", "x"}, {"events", "a", "b"}}) {
            fails(2, wrong);
        }
        fails(2, "subscriptions", "create", "no good", "order.placed");
    }

    @Test
    void whatWasChangedIsOnRecord() throws Exception {
        rig.enqueue("recorded-" + folder.getFileName());
        done("cancel", "recorded-" + folder.getFileName(), "--reason", "line\nfeed");
        assertThat(Files.readString(Path.of(System.getenv("ERRAND_AUDIT"))))
                .contains(" ann@desk cancel: task recorded-" + folder.getFileName() + ": cancelled\n");
    }
}
