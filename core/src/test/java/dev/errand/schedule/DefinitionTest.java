package dev.errand.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.ConfigurationException;
import dev.errand.broker.Policy;
import dev.errand.broker.UniqueKey;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DefinitionTest {
    private static final Instant NOON = Instant.parse("2026-06-15T12:00:00Z");
    private static final Policy POLICY = new Policy(25, Duration.ofMinutes(30), Duration.ZERO, Set.of());
    private static final Template TASK = new Template("report", "default", 0, POLICY, null, null, Map.of());
    private static final Definition NIGHTLY = new Definition(
            Cron.parse("0 3 * * *", ZoneId.of("Europe/Berlin")),
            Overlap.SKIP,
            Missed.once(),
            Duration.ZERO,
            TASK,
            Map.of());

    static Stream<Definition> definitions() {
        Policy explicit = new Policy(
                3,
                Duration.ofSeconds(1),
                Duration.ofDays(1),
                Set.of(Policy.Field.TIMEOUT, Policy.Field.MAX_ATTEMPTS, Policy.Field.RETENTION));
        return Stream.of(
                NIGHTLY,
                NIGHTLY.withRule(Every.of(Duration.ofMinutes(15)))
                        .withOverlap(Overlap.QUEUE)
                        .withMissed(Missed.all(7)),
                NIGHTLY.withRule(At.of(NOON, NOON.plusMillis(1)))
                        .withOverlap(Overlap.ALLOW)
                        .withMissed(Missed.skip())
                        .withJitter(Duration.ofMillis(1_500)),
                NIGHTLY.withTask(new Template(
                        " a type of \\n",
                        "ü 列 queue",
                        -7,
                        explicit,
                        new UniqueKey("a key\\", Duration.ofHours(1)),
                        "part ition",
                        Map.of("a header name\\s", "one\r\ntwo", "empty", "", " ", "  ", "header", "x=y z"))),
                new Definition(
                        NIGHTLY.rule(),
                        Overlap.SKIP,
                        Missed.once(),
                        Duration.ZERO,
                        TASK,
                        Map.of("later", "what a later release\nwrites", "flag", "")));
    }

    @ParameterizedTest
    @MethodSource("definitions")
    void whatIsWrittenIsReadAgain(Definition definition) {
        assertThat(Definition.parse(definition.text())).isEqualTo(definition);
        assertThat(Definition.parse(definition.text()).text()).isEqualTo(definition.text());
    }

    /** Stored by this release for ever, and part of the fingerprint of every declaration: it must not change. */
    @Test
    void theFormIsStable() {
        assertThat(NIGHTLY.text()).isEqualTo("""
                errand-schedule 1
                cron 0 3 * * *
                zone Europe/Berlin
                overlap skip
                missed once
                jitter PT0S
                type report
                queue default
                priority 0
                attempts 25
                timeout PT30M
                retention PT0S
                """);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "errand-schedule 2\ncron 0 3 * * *\n",
                "errand-schedule 1\n",
                "errand-schedule 1\ncron 0 3 * * *\nzone Nowhere/Land\n"
            })
    void whatCannotBeReadIsRefused(String text) {
        assertThatThrownBy(() -> Definition.parse(text)).isInstanceOf(ConfigurationException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlap", "missed", "jitter", "zone", "priority", "attempts", "type"})
    void aLineThatIsMissingOrWrongIsRefused(String name) {
        String text = NIGHTLY.text();
        assertThatThrownBy(() -> Definition.parse(text.replaceFirst("(?m)^" + name + " .*\n", "")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(name);
        if (!name.equals("type")) {
            assertThatThrownBy(() -> Definition.parse(text.replaceFirst("(?m)^" + name + " .*\n", name + " ?x?\n")))
                    .isInstanceOf(ConfigurationException.class);
        }
    }

    @Test
    void outOfRangeIsRefused() {
        assertThatThrownBy(() -> NIGHTLY.withJitter(Duration.ofHours(25))).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> Missed.all(0)).isInstanceOf(ConfigurationException.class);
        assertThatThrownBy(() -> Missed.all(101)).isInstanceOf(ConfigurationException.class);
    }
}
