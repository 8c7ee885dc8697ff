package dev.errand.cli;

import dev.errand.cli.text.Json;
import dev.errand.cli.text.Safe;
import dev.errand.cli.text.Style;
import dev.errand.cli.text.Width;
import dev.errand.explain.Finding;

/** Findings for people and programs. */
final class FindingText {
    private static final int MARGIN = 6;

    private FindingText() {}

    static void print(Output out, Finding finding) {
        Style style = switch (finding.level()) {
            case OK -> Style.GREEN;
            case WARN -> Style.YELLOW;
            case BAD -> Style.RED;
        };
        out.line(out.paint(style, Width.pad(finding.level().name(), MARGIN, false)) + Safe.line(finding.what()));
        finding.details()
                .forEach(detail -> out.line(" ".repeat(MARGIN) + out.paint(Style.DIM, "- " + Safe.line(detail))));
        if (!finding.remedy().isEmpty()) {
            out.line(" ".repeat(MARGIN) + "=> " + Safe.line(finding.remedy()));
        }
    }

    static Json json(Finding finding) {
        return new Json()
                .put("level", TaskText.lower(finding.level()))
                .put("code", finding.code())
                .put("what", finding.what())
                .put("details", finding.details())
                .put("remedy", finding.remedy().isEmpty() ? null : finding.remedy());
    }
}
