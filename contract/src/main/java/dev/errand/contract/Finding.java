package dev.errand.contract;

import java.util.List;

/**
 * What one test found about a broker, as one line of the result file.
 *
 * @param subject the suite's class without its ending: {@code Enqueue}
 * @param behaviour the test's name
 * @param capabilities those that it is part of; none: the core level
 * @param verdict how it ended
 * @param why it failed or was not run; empty otherwise
 */
record Finding(String subject, String behaviour, List<String> capabilities, Verdict verdict, String why) {
    enum Verdict {
        PASSED,
        FAILED,
        /** The broker does not claim what it needs. */
        NOT_CLAIMED
    }

    Finding {
        capabilities = List.copyOf(capabilities);
        why = why.lines().findFirst().orElse("").replace('\t', ' ');
    }

    String toLine() {
        return String.join("\t", subject, behaviour, String.join(",", capabilities), verdict.name(), why);
    }

    static Finding parse(String line) {
        String[] parts = line.split("\t", -1);
        if (parts.length != 5) {
            throw new IllegalArgumentException("not a finding: " + line);
        }
        List<String> capabilities = parts[2].isEmpty() ? List.of() : List.of(parts[2].split(",", -1));
        return new Finding(parts[0], parts[1], capabilities, Verdict.valueOf(parts[3]), parts[4]);
    }
}
