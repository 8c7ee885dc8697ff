package dev.errand.contract;

import dev.errand.broker.Capability;
import dev.errand.broker.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * All that a run found about one broker, and its form as a file: lines of tab-separated fields, first the broker's facts
 * (the word fact, name, value), then a {@link Finding} each.
 *
 * @param broker its name
 * @param facts what it declares about itself
 * @param all in the order of the run
 */
record Findings(String broker, Map<String, String> facts, List<Finding> all) {
    private static final String FACT = "fact\t";

    static Findings of(String broker, Profile profile, List<Finding> all) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("durability", profile.durability().name());
        facts.put("granularity", profile.granularity().toMillis() + " ms");
        facts.put("clock", profile.dueClock().name());
        facts.put("longest run", profile.maxRun().map(Object::toString).orElse("unlimited"));
        facts.put(
                "capabilities",
                String.join(
                        ",",
                        new TreeSet<>(profile.capabilities().stream()
                                .map(Capability::name)
                                .toList())));
        return new Findings(broker, facts, all);
    }

    void write(Path directory) throws IOException {
        List<String> lines = new ArrayList<>();
        facts.forEach((name, value) -> lines.add(FACT + name + "\t" + value));
        all.forEach(finding -> lines.add(finding.toLine()));
        Files.createDirectories(directory);
        Files.write(directory.resolve(broker + ".tsv"), lines);
    }

    static Findings read(Path file) throws IOException {
        Map<String, String> facts = new LinkedHashMap<>();
        List<Finding> all = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith(FACT)) {
                String[] parts = line.split("\t", 3);
                facts.put(parts[1], parts[2]);
            } else {
                all.add(Finding.parse(line));
            }
        }
        String name = String.valueOf(file.getFileName());
        return new Findings(name.substring(0, name.lastIndexOf('.')), facts, all);
    }
}
