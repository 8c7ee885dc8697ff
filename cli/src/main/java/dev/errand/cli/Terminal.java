package dev.errand.cli;

import java.util.Properties;

/**
 * What standard input, output and error are. The launcher knows it at no cost and says so: {@code errand.tty} holds the digits
 * of the streams that are terminals, {@code errand.columns} the width. Without the launcher nothing counts as a terminal.
 *
 * @param in whether somebody can answer a question
 * @param out whether results go to a terminal
 * @param err whether progress goes to a terminal
 * @param columns the width; very large if results do not go to a terminal
 */
record Terminal(boolean in, boolean out, boolean err, int columns) {
    static final int UNLIMITED = 1_000_000;
    static final Terminal NONE = new Terminal(false, false, false, UNLIMITED);

    static Terminal of(Properties properties) {
        String streams = properties.getProperty("errand.tty", "");
        boolean out = streams.contains("1");
        String columns = properties.getProperty("errand.columns", "");
        int width = columns.matches("[1-9]\\d{0,3}") ? Integer.parseInt(columns) : 80;
        return new Terminal(streams.contains("0"), out, streams.contains("2"), out ? width : UNLIMITED);
    }
}
