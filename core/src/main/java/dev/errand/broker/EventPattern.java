package dev.errand.broker;

import dev.errand.InvalidTaskException;

/**
 * Which events a subscription gets: an event's name, or words of one with {@code *} for any single word ({@code order.*}), and
 * {@code **} at the end for one word or more ({@code order.**}; {@code **} alone means every event).
 *
 * <p>Events and subscriptions have stricter names than tasks: words of the letters {@code a} to {@code z} and {@code A} to
 * {@code Z}, digits, {@code -} and {@code _}, separated by single dots, at most {@value #MAX_NAME} characters. So they can be
 * routing keys, subjects and patterns of message brokers as they are: {@code **} is {@code *.#} on RabbitMQ and {@code >} on
 * NATS.
 *
 * @param text as above
 */
public record EventPattern(String text) {
    /** The most characters of an event's name, a pattern, and a subscription's name. */
    public static final int MAX_NAME = 100;

    private static final String ONE = "*";
    private static final String REST = "**";

    /** Checks it; throws {@link InvalidTaskException} if it is not one. */
    public EventPattern {
        check("event pattern", text, true);
    }

    /** The same as the constructor. */
    public static EventPattern of(String text) {
        return new EventPattern(text);
    }

    /**
     * Checks the name of an event and returns it.
     *
     * @throws InvalidTaskException if it is not one, or is a pattern
     */
    public static String checkEvent(String name) {
        return check("event", name, false);
    }

    /** Whether it has a {@code *}, so that it is not the name of a single event. */
    public boolean isWild() {
        return text.indexOf('*') >= 0;
    }

    /** Whether a subscription with this pattern gets events of this name. */
    public boolean matches(String event) {
        if (!isWild()) {
            return text.equals(event);
        }
        String[] wanted = text.split("\\.", -1);
        String[] words = event.split("\\.", -1);
        boolean open = wanted[wanted.length - 1].equals(REST);
        if (open ? words.length < wanted.length : words.length != wanted.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (!wanted[i].startsWith(ONE) && !wanted[i].equals(words[i])) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return text;
    }

    static String check(String what, String name, boolean wild) {
        if (name.isEmpty() || name.length() > MAX_NAME) {
            throw new InvalidTaskException("The name of the " + what + " '"
                    + (name.length() > 40 ? name.substring(0, 40) + "…" : name) + "' has " + name.length()
                    + " characters; give 1 to " + MAX_NAME);
        }
        String[] words = name.split("\\.", -1);
        for (int i = 0; i < words.length; i++) {
            boolean last = i == words.length - 1;
            boolean star = words[i].equals(ONE) || (words[i].equals(REST) && last);
            if (!(wild && star) && !isWord(words[i])) {
                throw new InvalidTaskException("The name of the " + what + " '" + name.replaceAll("\\p{Cntrl}", "?")
                        + "' is not made of words separated by dots; a word has letters a to z and A to Z, digits, '-'"
                        + " and '_'"
                        + (wild ? ", or is '*' for any one word, or at the end '**' for one or more" : ""));
            }
        }
        return name;
    }

    private static boolean isWord(String text) {
        return !text.isEmpty()
                && text.chars()
                        .allMatch(c -> (c >= 'a' && c <= 'z')
                                || (c >= 'A' && c <= 'Z')
                                || (c >= '0' && c <= '9')
                                || c == '-'
                                || c == '_');
    }
}
