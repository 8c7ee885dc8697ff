package dev.errand.schedule;

import dev.errand.ConfigurationException;
import dev.errand.ErrandException;
import dev.errand.broker.Policy;
import dev.errand.broker.ScheduleStore;
import dev.errand.broker.UniqueKey;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The text form of a {@link Definition}: a line of name and value for each field. In values a backslash, a line feed and a
 * carriage return are written as {@code \\}, {@code \n}, {@code \r}; in the names of headers also a blank, as {@code \s}. The
 * order is always the same, since the fingerprint of a declaration is made of it; a field that a later release adds is to be
 * written only when it is not the default, for the same reason.
 */
final class DefinitionText {
    private static final String FORM = "errand-schedule";
    private static final int VERSION = 1;
    private static final String HEADER = "header ";

    private DefinitionText() {}

    static String write(Definition definition) {
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put(FORM, Integer.toString(VERSION));
        writeRule(lines, definition.rule());
        lines.put("overlap", lower(definition.overlap()));
        Missed missed = definition.missed();
        lines.put("missed", lower(missed.kind()) + (missed.kind() == Missed.Kind.ALL ? " " + missed.most() : ""));
        lines.put("jitter", definition.jitter().toString());
        writeTask(lines, definition.task());
        new TreeMap<>(definition.extensions()).forEach(lines::putIfAbsent);
        StringBuilder text = new StringBuilder();
        lines.forEach((name, value) ->
                text.append(name).append(' ').append(escape(value)).append('\n'));
        return text.toString();
    }

    private static void writeRule(Map<String, String> lines, Rule rule) {
        switch (rule) {
            case Cron cron -> {
                lines.put("cron", cron.expression());
                lines.put("zone", cron.zone().getId());
            }
            case Every every -> {
                lines.put("every", every.interval().toString());
                lines.put("anchor", every.anchor().toString());
            }
            case At at ->
                lines.put("at", at.times().stream().map(Instant::toString).collect(Collectors.joining(" ")));
        }
    }

    private static void writeTask(Map<String, String> lines, Template task) {
        Policy policy = task.policy();
        lines.put("type", task.type());
        lines.put("queue", task.queue());
        lines.put("priority", Integer.toString(task.priority()));
        lines.put("attempts", Integer.toString(policy.maxAttempts()));
        lines.put("timeout", policy.timeout().toString());
        lines.put("retention", policy.retention().toString());
        if (!policy.explicit().isEmpty()) {
            lines.put(
                    "explicit",
                    policy.explicit().stream()
                            .sorted()
                            .map(DefinitionText::lower)
                            .collect(Collectors.joining(" ")));
        }
        UniqueKey unique = task.unique();
        if (unique != null) {
            lines.put("unique", unique.key());
            lines.put("unique-for", unique.ttl().toString());
        }
        if (task.partitionKey() != null) {
            lines.put("partition", task.partitionKey());
        }
        new TreeMap<>(task.headers()).forEach((name, value) -> lines.put(HEADER + escapeName(name), value));
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static String escape(String value) {
        return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    }

    private static String escapeName(String name) {
        return escape(name).replace(" ", "\\s");
    }

    static Definition read(String text) {
        Map<String, String> lines = new LinkedHashMap<>();
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line : text.split("\n")) {
            if (line.startsWith(HEADER)) {
                int blank = line.indexOf(' ', HEADER.length());
                String name = blank < 0 ? line.substring(HEADER.length()) : line.substring(HEADER.length(), blank);
                headers.put(unescape(name), blank < 0 ? "" : unescape(line.substring(blank + 1)));
            } else {
                int blank = line.indexOf(' ');
                lines.put(
                        blank < 0 ? line : line.substring(0, blank),
                        blank < 0 ? "" : unescape(line.substring(blank + 1)));
            }
        }
        return new Reading(lines, headers).definition();
    }

    private static String unescape(String value) {
        StringBuilder plain = new StringBuilder();
        boolean escaped = false;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (escaped) {
                plain.append(c == 'n' ? '\n' : c == 'r' ? '\r' : c == 's' ? ' ' : c);
                escaped = false;
            } else if (c == '\\') {
                escaped = true;
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }

    /** Takes the known lines out; what is left is unknown. */
    private record Reading(Map<String, String> lines, Map<String, String> headers) {
        Definition definition() {
            String version = lines.remove(FORM);
            String damage = lines.get(ScheduleStore.DAMAGED.strip());
            if (version == null && damage != null) {
                throw new ConfigurationException("its record cannot be read (" + damage + ")");
            }
            if (version == null) {
                throw new ConfigurationException("it does not begin with " + FORM);
            }
            if (!version.equals(Integer.toString(VERSION))) {
                throw new ConfigurationException("it has version " + version + " of the form, and this release knows "
                        + VERSION + "; use the release that wrote it or a newer one");
            }
            try {
                return new Definition(
                        rule(),
                        one(Overlap.class, take("overlap")),
                        missed(take("missed")),
                        Duration.parse(take("jitter")),
                        task(),
                        lines);
            } catch (DateTimeException | IllegalArgumentException | ErrandException e) {
                throw new ConfigurationException("it cannot be read: " + e.getMessage(), e);
            }
        }

        private String take(String name) {
            String value = lines.remove(name);
            if (value == null) {
                throw new ConfigurationException("it has no line '" + name + "'");
            }
            return value;
        }

        private Rule rule() {
            @Nullable String cron = lines.remove("cron");
            if (cron != null) {
                return Cron.parse(cron, ZoneId.of(take("zone")));
            }
            @Nullable String every = lines.remove("every");
            if (every != null) {
                return new Every(Duration.parse(every), Instant.parse(take("anchor")));
            }
            return new At(
                    Arrays.stream(take("at").split(" ")).map(Instant::parse).toList());
        }

        private static Missed missed(String value) {
            List<String> words = List.of(value.split(" "));
            Missed.Kind kind = one(Missed.Kind.class, words.getFirst());
            return new Missed(kind, kind == Missed.Kind.ALL ? Integer.parseInt(words.getLast()) : 1);
        }

        private Template task() {
            Set<Policy.Field> explicit = EnumSet.noneOf(Policy.Field.class);
            @Nullable String fields = lines.remove("explicit");
            if (fields != null) {
                Arrays.stream(fields.split(" ")).forEach(field -> explicit.add(one(Policy.Field.class, field)));
            }
            Policy policy = new Policy(
                    Integer.parseInt(take("attempts")),
                    Duration.parse(take("timeout")),
                    Duration.parse(take("retention")),
                    explicit);
            @Nullable String key = lines.remove("unique");
            return new Template(
                    take("type"),
                    take("queue"),
                    Integer.parseInt(take("priority")),
                    policy,
                    key == null ? null : new UniqueKey(key, Duration.parse(take("unique-for"))),
                    lines.remove("partition"),
                    headers);
        }

        private static <E extends Enum<E>> E one(Class<E> type, String name) {
            return Enum.valueOf(type, name.toUpperCase(Locale.ROOT));
        }
    }
}
