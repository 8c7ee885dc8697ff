package dev.errand.redis;

import java.time.Duration;

/** Values as Go programs print them. Stateless. */
final class GoText {
    private GoText() {}

    /** As {@code time.Duration.String}, for whole milliseconds: {@code 1h0m0s}, {@code 1m30s}, {@code 1.5s}, {@code 20ms}. */
    static String duration(Duration span) {
        long millis = span.toMillis();
        if (millis == 0) {
            return "0s";
        }
        if (Math.abs(millis) < 1_000) {
            return millis + "ms";
        }
        String sign = millis < 0 ? "-" : "";
        Duration size = Duration.ofMillis(Math.abs(millis));
        String fraction = "%03d".formatted(size.toMillisPart()).replaceAll("0+$", "");
        String seconds = size.toSecondsPart() + (fraction.isEmpty() ? "" : "." + fraction) + "s";
        long hours = size.toHours();
        return sign
                + (hours > 0 ? hours + "h" : "")
                + (hours > 0 || size.toMinutesPart() > 0 ? size.toMinutesPart() + "m" : "")
                + seconds;
    }

    /** In double quotes, with what is no plain character escaped. */
    static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        text.chars().forEach(c -> {
            switch (c) {
                case '"', '\\' -> out.append('\\').append((char) c);
                default -> {
                    if (c < ' ') {
                        out.append("\\x%02x".formatted(c));
                    } else {
                        out.append((char) c);
                    }
                }
            }
        });
        return out.append('"').toString();
    }
}
