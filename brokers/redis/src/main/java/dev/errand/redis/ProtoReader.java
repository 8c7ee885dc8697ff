package dev.errand.redis;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads protocol buffers: call {@link #next} until it is false; each time read or {@link #skip} what {@link #field} names.
 * Strict: broken bytes throw {@link Broken}. Not thread-safe.
 */
final class ProtoReader {
    static final int VARINT = 0;
    static final int FIXED_64 = 1;
    static final int LENGTH = 2;
    static final int FIXED_32 = 5;

    private static final int MAX_VARINT_BITS = 64;

    /** These bytes are no such message. */
    static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        Broken(String message) {
            super(message);
        }
    }

    private final byte[] bytes;
    private int at;
    private int start;
    private int field;
    private int type;

    ProtoReader(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Goes to the next field; false at the end. */
    boolean next() throws Broken {
        if (at == bytes.length) {
            return false;
        }
        start = at;
        long tag = varint();
        field = (int) (tag >>> 3);
        type = (int) (tag & 7);
        if (field <= 0 || tag >>> 3 > 0x1FFF_FFFFL) {
            throw new Broken("a field has no valid number");
        }
        return true;
    }

    int field() {
        return field;
    }

    long number() throws Broken {
        require(VARINT);
        return varint();
    }

    boolean flag() throws Broken {
        return number() != 0;
    }

    byte[] bytes() throws Broken {
        require(LENGTH);
        int size = size();
        byte[] value = Arrays.copyOfRange(bytes, at, at + size);
        at += size;
        return value;
    }

    String text() throws Broken {
        require(LENGTH);
        int size = size();
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, at, size))
                    .toString();
            at += size;
            return text;
        } catch (CharacterCodingException e) {
            throw new Broken("the text of field " + field + " is not UTF-8");
        }
    }

    ProtoReader message() throws Broken {
        return new ProtoReader(bytes());
    }

    /** Skips the field and answers all of it, tag included. */
    byte[] skip() throws Broken {
        switch (type) {
            case VARINT -> varint();
            case FIXED_64 -> advance(8);
            case LENGTH -> advance(size());
            case FIXED_32 -> advance(4);
            default -> throw new Broken("field " + field + " has the unknown kind " + type);
        }
        return Arrays.copyOfRange(bytes, start, at);
    }

    private void require(int expected) throws Broken {
        if (type != expected) {
            throw new Broken("field " + field + " is of kind " + type + " instead of " + expected);
        }
    }

    private int size() throws Broken {
        long size = varint();
        if (size < 0 || size > bytes.length - at) {
            throw new Broken("field " + field + " is cut short");
        }
        return (int) size;
    }

    private void advance(int count) throws Broken {
        if (count > bytes.length - at) {
            throw new Broken("field " + field + " is cut short");
        }
        at += count;
    }

    private long varint() throws Broken {
        long value = 0;
        for (int shift = 0; shift < MAX_VARINT_BITS; shift += 7) {
            if (at == bytes.length) {
                throw new Broken("a number is cut short");
            }
            byte next = bytes[at++];
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new Broken("a number has more than ten bytes");
    }
}
