package dev.errand.cli.text;

/** How a piece of text is set on a terminal that shows colours: the parameters of ANSI's SGR. */
public enum Style {
    /** As it is. */
    PLAIN(""),
    /** Headings. */
    BOLD("1"),
    /** What matters less. */
    DIM("2"),
    /** Well. */
    GREEN("32"),
    /** To be looked at. */
    YELLOW("33"),
    /** Bad. */
    RED("31"),
    /** Chosen. */
    REVERSE("7");

    private final String code;

    Style(String code) {
        this.code = code;
    }

    /** The text in this style. */
    public String on(String text) {
        return code.isEmpty() || text.isEmpty() ? text : "\033[" + code + "m" + text + "\033[0m";
    }
}
