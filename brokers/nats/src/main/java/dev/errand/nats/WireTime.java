package dev.errand.nats;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;

/**
 * Instants as text, RFC 3339 in UTC. What {@link Instant#toString} writes is read without the general parser, which is most of
 * what reading a message costs; everything else is left to that. Stateless.
 */
final class WireTime {
    private static final int SECONDS = "2026-01-01T00:00:00".length();
    private static final long DAY = 86_400;

    private WireTime() {}

    /**
     * Reads it.
     *
     * @throws DateTimeException if it is none
     */
    static Instant parse(String text) {
        int end = text.length() - 1;
        if (end < SECONDS
                || end == SECONDS + 1
                || end > SECONDS + 10
                || text.charAt(end) != 'Z'
                || (end > SECONDS && text.charAt(SECONDS) != '.')
                || text.charAt(4) != '-'
                || text.charAt(7) != '-'
                || text.charAt(10) != 'T'
                || text.charAt(13) != ':'
                || text.charAt(16) != ':') {
            return Instant.parse(text);
        }
        int year = digits(text, 0, 4);
        int month = digits(text, 5, 7);
        int day = digits(text, 8, 10);
        int hour = digits(text, 11, 13);
        int minute = digits(text, 14, 16);
        int second = digits(text, 17, 19);
        int fraction = end > SECONDS ? digits(text, SECONDS + 1, end) : 0;
        if ((year | month | day | hour | minute | second | fraction) < 0 || hour > 23 || minute > 59 || second > 59) {
            return Instant.parse(text);
        }
        for (int length = end - SECONDS - 1; length < 9 && end > SECONDS; length++) {
            fraction *= 10;
        }
        long epochDay = LocalDate.of(year, month, day).toEpochDay();
        return Instant.ofEpochSecond(epochDay * DAY + hour * 3_600L + minute * 60L + second, fraction);
    }

    /** Less than 0: it is no number. */
    private static int digits(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number;
    }
}
