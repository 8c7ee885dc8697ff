package dev.errand.schedule;

import dev.errand.ConfigurationException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The days on which a cron expression is due: months, days of the month, days of the week. As in Vixie cron, if both of the
 * latter are given, either is enough; if one of them begins with a star (or is {@code ?}), both must agree.
 */
final class Days {
    /** The calendar repeats itself after 400 years, so what is not within them never is. */
    private static final int CYCLE_MONTHS = 400 * 12;

    private final long months;
    private final boolean either;
    private long daysOfMonth;
    /** Bit n: the day n days before the last of the month. */
    private long beforeLast;

    private long daysOfWeek;
    /** Bit n: the last such day of the week in the month. */
    private long lastOfWeekday;
    /** Bit 8 · k + n: the k-th such day of the week in the month. */
    private long nthOfWeekday;

    Days(String daysOfMonth, String month, String daysOfWeek) {
        long all = 0;
        for (String item : month.split(",", -1)) {
            all |= Field.MONTH.bits(item);
        }
        this.months = all;
        for (String item : daysOfMonth.split(",", -1)) {
            addDayOfMonth(item.toUpperCase(Locale.ROOT));
        }
        for (String item : daysOfWeek.split(",", -1)) {
            addDayOfWeek(item.toUpperCase(Locale.ROOT));
        }
        this.either = !isOpen(daysOfMonth) && !isOpen(daysOfWeek);
    }

    private static boolean isOpen(String field) {
        return field.startsWith("*") || field.startsWith("?");
    }

    private void addDayOfMonth(String item) {
        if (item.equals("L")) {
            beforeLast |= 1;
        } else if (item.startsWith("L-")) {
            int back = Field.DAY_OF_MONTH.digits(item.substring(2), item);
            if (back < 1 || back > 30) {
                throw new ConfigurationException(
                        "its day of the month '" + item + "' is out of range; give L-1 to L-30");
            }
            beforeLast |= 1L << back;
        } else if (item.endsWith("W")) {
            throw new ConfigurationException("its day of the month '" + item
                    + "' asks for the nearest working day, which is not supported; give days, L or L-n");
        } else {
            daysOfMonth |= Field.DAY_OF_MONTH.bits(item);
        }
    }

    private void addDayOfWeek(String item) {
        int hash = item.indexOf('#');
        if (hash >= 0) {
            int nth = Field.DAY_OF_WEEK.digits(item.substring(hash + 1), item);
            if (nth < 1 || nth > 5) {
                throw new ConfigurationException(
                        "its day of the week '" + item + "' is out of range; give #1 to #5, or 5L for the last one");
            }
            nthOfWeekday |= 1L << (8 * nth + weekday(item.substring(0, hash), item));
        } else if (item.length() > 1 && item.endsWith("L")) {
            lastOfWeekday |= 1L << weekday(item.substring(0, item.length() - 1), item);
        } else {
            daysOfWeek |= Field.DAY_OF_WEEK.bits(item);
        }
    }

    private static int weekday(String text, String item) {
        return Field.DAY_OF_WEEK.number(text, item) % 7;
    }

    boolean includes(LocalDate date) {
        return (months >> date.getMonthValue() & 1) != 0 && (in(YearMonth.from(date)) >> date.getDayOfMonth() & 1) != 0;
    }

    /** The first day from {@code from} on; null: there is none, ever. */
    @Nullable
    LocalDate from(LocalDate from) {
        YearMonth month = YearMonth.from(from);
        int first = from.getDayOfMonth();
        for (int looked = 0; looked <= CYCLE_MONTHS; looked++) {
            if ((months >> month.getMonthValue() & 1) != 0) {
                long days = in(month) & (-1L << first);
                if (days != 0) {
                    return month.atDay(Long.numberOfTrailingZeros(days));
                }
            }
            month = month.plusMonths(1);
            first = 1;
        }
        return null;
    }

    /** The days of this month that are due, as bits 1 to 31. */
    private long in(YearMonth month) {
        int length = month.lengthOfMonth();
        int firstWeekday = month.atDay(1).getDayOfWeek().getValue() % 7;
        long byMonth = daysOfMonth;
        for (int back = 0; back < length; back++) {
            byMonth |= (beforeLast >> back & 1) << (length - back);
        }
        long byWeek = 0;
        for (int day = 1; day <= length; day++) {
            byWeek |= isByWeek((firstWeekday + day - 1) % 7, day, length) ? 1L << day : 0;
        }
        long valid = (1L << (length + 1)) - 2;
        return (either ? byMonth | byWeek : byMonth & byWeek) & valid;
    }

    private boolean isByWeek(int weekday, int day, int length) {
        int nth = (day - 1) / 7 + 1;
        return (daysOfWeek >> weekday & 1) != 0
                || ((lastOfWeekday >> weekday & 1) != 0 && day + 7 > length)
                || (nthOfWeekday >> (8 * nth + weekday) & 1) != 0;
    }
}
