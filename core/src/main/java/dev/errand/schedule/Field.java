package dev.errand.schedule;

import dev.errand.ConfigurationException;
import java.util.Locale;

/** What the numeric fields of a cron expression may hold. Fields are sets of numbers, as bits of a {@code long}. */
enum Field {
    SECOND("second", 0, 59, ""),
    MINUTE("minute", 0, 59, ""),
    HOUR("hour", 0, 23, ""),
    DAY_OF_MONTH("day of the month", 1, 31, ""),
    MONTH("month", 1, 12, "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"),
    /** 7 is Sunday once more; see {@link #number}. */
    DAY_OF_WEEK("day of the week", 0, 7, "SUN MON TUE WED THU FRI SAT");

    final String shown;
    final int min;
    final int max;
    /** Of three letters each, with a blank between. */
    private final String names;

    Field(String shown, int min, int max, String names) {
        this.shown = shown;
        this.min = min;
        this.max = max;
        this.names = names;
    }

    /** The last number that a star stands for. */
    int last() {
        return this == DAY_OF_WEEK ? 6 : max;
    }

    /** One item of a list: {@code *}, {@code 5}, {@code 1-5}, {@code MON-FRI}, each with a step or without. */
    long bits(String item) {
        int slash = item.indexOf('/');
        String range = slash < 0 ? item : item.substring(0, slash);
        int step = slash < 0 ? 1 : step(item.substring(slash + 1), item);
        int dash = range.indexOf('-');
        int from;
        int to;
        if (range.equals("*") || range.equals("?")) {
            from = min;
            to = last();
        } else if (dash >= 0) {
            from = number(range.substring(0, dash), item);
            to = number(range.substring(dash + 1), item);
            if (this == DAY_OF_WEEK && to == 0 && from > 0) {
                to = 7;
            }
        } else {
            from = number(range, item);
            to = slash < 0 ? from : last();
        }
        if (from > to) {
            throw new ConfigurationException(
                    "its " + shown + " '" + item + "' runs backwards; write it as two ranges, such as 22-23,0-2");
        }
        long bits = 0;
        for (int value = from; value <= to; value += step) {
            bits |= 1L << (this == DAY_OF_WEEK && value == 7 ? 0 : value);
        }
        return bits;
    }

    private int step(String text, String item) {
        int step = digits(text, item);
        if (step < 1 || step > max - min + (this == DAY_OF_WEEK ? 0 : 1)) {
            throw new ConfigurationException("its " + shown + " '" + item
                    + "' has a step out of range; a step starts anew with each larger unit, so for a longer interval"
                    + " use every(…)");
        }
        return step;
    }

    int number(String text, String item) {
        int named = text.length() == 3 ? names.indexOf(text.toUpperCase(Locale.ROOT)) : -1;
        int number = named >= 0 ? named / 4 + min : digits(text, item);
        if (number < min || number > max) {
            throw new ConfigurationException(
                    "its " + shown + " '" + item + "' is out of range; give " + min + " to " + max);
        }
        return number;
    }

    int digits(String text, String item) {
        if (text.isEmpty() || text.length() > 4 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new ConfigurationException("its " + shown + " '" + item + "' is not understood; give "
                    + min + " to " + max
                    + (names.isEmpty()
                            ? ""
                            : " or " + names.substring(0, 3) + " to " + names.substring(names.length() - 3))
                    + ", ranges (a-b), steps (*/n), lists with commas");
        }
        return Integer.parseInt(text);
    }
}
