package dev.errand.redis;

import java.util.ArrayList;
import java.util.List;

/** A script's arguments, in order. */
final class Arguments {
    static final byte[] EMPTY = {};

    private final List<byte[]> all = new ArrayList<>();

    static Arguments at(long nowMillis) {
        return new Arguments().add(nowMillis);
    }

    Arguments add(byte[] value) {
        all.add(value);
        return this;
    }

    Arguments add(String value) {
        return add(Keys.bytes(value));
    }

    Arguments add(long value) {
        return add(Long.toString(value));
    }

    byte[][] toArray() {
        return all.toArray(byte[][]::new);
    }
}
