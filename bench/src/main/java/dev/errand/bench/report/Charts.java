package dev.errand.bench.report;

import dev.errand.bench.report.BarChart.Bar;
import dev.errand.bench.report.BarChart.Group;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The charts of a section: rates beside bare, and times. Those without any bar are left out. */
final class Charts {
    private Charts() {}

    /** Writes them; answers the files' names with what they show. */
    static Map<String, String> write(Section section, Path folder) throws IOException {
        List<Group> rates = new ArrayList<>();
        List<Group> times = new ArrayList<>();
        for (Figures f : section.figures()) {
            if (f.rate().isPresent() && f.bareRate().isPresent()) {
                rates.add(new Group(
                        f.workload(),
                        List.of(
                                new Bar("ours", f.rate().getAsDouble()),
                                new Bar("bare", f.bareRate().getAsDouble()))));
            }
            f.times()
                    .ifPresent(t -> times.add(new Group(
                            f.workload(),
                            List.of(new Bar("p50", t.p50()), new Bar("p99", t.p99()), new Bar("max", t.max())))));
        }
        Map<String, String> files = new LinkedHashMap<>();
        write(new BarChart(section.title() + ": tasks a second", false, rates), section, "rates", folder, files);
        write(new BarChart(section.title() + ": milliseconds", true, times), section, "times", folder, files);
        return files;
    }

    private static void write(BarChart chart, Section section, String what, Path folder, Map<String, String> files)
            throws IOException {
        if (!chart.groups().isEmpty()) {
            String file = section.name() + "-" + what + ".svg";
            Files.writeString(folder.resolve(file), chart.svg());
            files.put(file, chart.title());
        }
    }
}
