package dev.errand.broker;

import dev.errand.InvalidTaskException;

/** The one rule for the names of task types, queues, task ids and workers. */
public final class Names {
    /** The most characters that a name may have. */
    public static final int MAX_LENGTH = 255;

    private Names() {}

    /**
     * Checks a name and returns it.
     *
     * @param what the kind of name, for the message: {@code "queue"}, {@code "task type"}
     * @throws InvalidTaskException if the name is blank, longer than {@value #MAX_LENGTH} characters, or has control
     *     characters or unpaired surrogates
     */
    public static String check(String what, String name) {
        if (name.isBlank()) {
            throw new InvalidTaskException(
                    "The " + what + " is blank; give it a name of 1 to " + MAX_LENGTH + " characters");
        }
        if (name.length() > MAX_LENGTH) {
            throw new InvalidTaskException("The " + what + " '" + name.substring(0, 40) + "…' has " + name.length()
                    + " characters; at most " + MAX_LENGTH + " are allowed");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < name.length()
                    && Character.isLowSurrogate(name.charAt(i + 1));
            if (Character.isISOControl(c) || (Character.isSurrogate(c) && !pair)) {
                throw new InvalidTaskException("The " + what + " has a control character or broken text (U+"
                        + "%04X".formatted((int) c) + ") at position " + i + "; use printable text only");
            }
            if (pair) {
                i++;
            }
        }
        return name;
    }
}
