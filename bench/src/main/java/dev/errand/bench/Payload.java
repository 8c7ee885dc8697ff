package dev.errand.bench;

import java.nio.ByteBuffer;

/** The payload of every measured task: 100 bytes, of which the first four are its number. */
final class Payload {
    static final int SIZE = 100;

    private Payload() {}

    static byte[] of(int number) {
        return ByteBuffer.allocate(SIZE).putInt(number).array();
    }

    static int number(byte[] payload) {
        return ByteBuffer.wrap(payload).getInt();
    }
}
