package dev.errand.contract.process;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A process's {@code name=value} arguments. */
record Options(Map<String, String> values) {
    static Options parse(String[] arguments, int from) {
        Map<String, String> values = new HashMap<>();
        for (int i = from; i < arguments.length; i++) {
            int equals = arguments[i].indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("write name=value instead of " + arguments[i]);
            }
            values.put(arguments[i].substring(0, equals), arguments[i].substring(equals + 1));
        }
        return new Options(values);
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name));
    }

    Optional<Integer> number(String name) {
        return text(name).map(Integer::valueOf);
    }

    Optional<Duration> duration(String name) {
        return text(name).map(Duration::parse);
    }
}
