package dev.errand.contract;

import dev.errand.broker.Capability;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Makes the tables of who can do what, in Markdown, from the results of the suite: {@code java
 * dev.errand.contract.GuaranteeTable <result.tsv>…}. They belong between the two marks in {@code docs/guarantees.md}.
 */
public final class GuaranteeTable {
    private final List<Findings> brokers;

    private GuaranteeTable(List<Findings> brokers) {
        this.brokers = brokers;
    }

    /** Prints the table for the result files that are given. */
    public static void main(String[] files) throws IOException {
        List<Findings> brokers = new ArrayList<>();
        for (String file : files) {
            brokers.add(Findings.read(Path.of(file)));
        }
        System.out.print(render(brokers));
    }

    static String render(List<Findings> brokers) {
        return new GuaranteeTable(brokers).text();
    }

    private String text() {
        StringBuilder text = new StringBuilder("""
                # Guarantees

                What each broker does, as the contract suite has found it. Generated; do not edit.

                `n` behaviours were shown, `n of m` means that some were not, `–` that the broker does not claim any.

                """);
        table(text, "declared", facts());
        text.append('\n');
        table(text, "core level", subjects());
        text.append('\n');
        table(text, "capability", capabilities());
        return text.toString();
    }

    private void table(StringBuilder text, String head, Map<String, List<String>> rows) {
        text.append("| ").append(head);
        brokers.forEach(b -> text.append(" | ").append(b.broker()));
        text.append(" |\n|").append(" --- |".repeat(brokers.size() + 1)).append('\n');
        rows.forEach((name, cells) -> text.append("| ")
                .append(name)
                .append(" | ")
                .append(String.join(" | ", cells))
                .append(" |\n"));
    }

    private Map<String, List<String>> facts() {
        Map<String, List<String>> rows = new LinkedHashMap<>();
        for (String fact : List.of("durability", "granularity", "clock", "longest run")) {
            rows.put(
                    fact,
                    brokers.stream().map(b -> b.facts().getOrDefault(fact, "?")).toList());
        }
        return rows;
    }

    private Map<String, List<String>> subjects() {
        Set<String> names = new LinkedHashSet<>();
        brokers.forEach(
                b -> b.all().stream().filter(f -> f.capabilities().isEmpty()).forEach(f -> names.add(f.subject())));
        Map<String, List<String>> rows = new LinkedHashMap<>();
        for (String name : names) {
            rows.put(
                    words(name),
                    cells(f -> f.capabilities().isEmpty() && f.subject().equals(name)));
        }
        return rows;
    }

    private Map<String, List<String>> capabilities() {
        Map<String, List<String>> rows = new LinkedHashMap<>();
        for (Capability capability : Capability.values()) {
            rows.put('`' + capability.name() + '`', cells(f -> f.capabilities().contains(capability.name())));
        }
        return rows;
    }

    private List<String> cells(Predicate<Finding> which) {
        return brokers.stream()
                .map(b -> cell(b.all().stream().filter(which).toList()))
                .toList();
    }

    private static String cell(List<Finding> findings) {
        long passed = count(findings, Finding.Verdict.PASSED);
        long failed = count(findings, Finding.Verdict.FAILED);
        if (passed + failed == 0) {
            return "–";
        }
        return failed == 0 ? Long.toString(passed) : "**" + passed + " of " + (passed + failed) + "**";
    }

    private static long count(List<Finding> findings, Finding.Verdict verdict) {
        return findings.stream().filter(f -> f.verdict() == verdict).count();
    }

    /** {@code DeadLetters} becomes {@code dead letters}. */
    private static String words(String name) {
        return name.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(java.util.Locale.ROOT);
    }
}
