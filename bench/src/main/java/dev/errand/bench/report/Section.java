package dev.errand.bench.report;

import java.util.List;

/**
 * The figures of one command, as they are published.
 *
 * @param name short and in lower case: names the charts' files and the place in the page
 * @param title for people
 * @param command how to take the figures again
 * @param bounds what bounds the figures, in Markdown
 */
public record Section(String name, String title, String command, String bounds, List<Figures> figures) {
    /** Copies the list. */
    public Section {
        figures = List.copyOf(figures);
    }
}
