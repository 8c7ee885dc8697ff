package dev.errand.jackson;

import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JacksonException.Reference;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.MismatchedInputException;

/**
 * Bytes are not the JSON that is expected. The message names field, place and expected type, but no value, and there is no
 * cause that would: it is kept with the task and shown to people.
 */
public final class InvalidJsonException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidJsonException(String message) {
        super(message, null);
    }

    static InvalidJsonException of(JacksonException e) {
        StringBuilder text = new StringBuilder();
        if (!e.getPath().isEmpty()) {
            text.append("at ").append(path(e)).append(": ");
        }
        text.append(what(e));
        TokenStreamLocation place = e.getLocation();
        if (place != null && place.getLineNr() > 0) {
            text.append(" (line ").append(place.getLineNr());
            text.append(", column ").append(place.getColumnNr()).append(')');
        }
        return new InvalidJsonException(text.toString());
    }

    private static String path(JacksonException e) {
        return e.getPath().stream()
                .map(InvalidJsonException::step)
                .collect(Collectors.joining())
                .replaceFirst("^\\.", "");
    }

    private static String step(Reference step) {
        return step.getPropertyName() == null ? "[" + step.getIndex() + "]" : "." + step.getPropertyName();
    }

    private static String what(JacksonException e) {
        String text = e.getOriginalMessage();
        if (e instanceof StreamConstraintsException) {
            return "too large: " + text;
        }
        if (text.startsWith("Duplicate ")) {
            return "the same field twice";
        }
        if (text.startsWith("Trailing token")) {
            return "more text behind the value";
        }
        if (e instanceof MismatchedInputException mismatch) {
            if (text.startsWith("No content")) {
                return "no bytes at all";
            }
            if (text.startsWith("Missing required")) {
                return "missing";
            }
            return mismatch.getTargetType() == null
                    ? "not what is expected"
                    : "a " + mismatch.getTargetType().getSimpleName()
                            + " is expected and something else, or nothing, is there";
        }
        if (e instanceof StreamReadException) {
            return "not JSON";
        }
        return "cannot be read (" + e.getClass().getSimpleName() + ")";
    }
}
