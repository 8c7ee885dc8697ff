package dev.errand.redis;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes protocol buffers, version 3 of their language: default values are left out. The rules are those of
 * https://protobuf.dev/programming-guides/encoding/. Own code, since generated code would need a compiler for each platform
 * in the build, and its runtime calls methods that newer Java versions warn of. Not thread-safe.
 */
final class ProtoWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(160);

    ProtoWriter text(int field, @Nullable String value) {
        return value == null || value.isEmpty() ? this : bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    ProtoWriter bytes(int field, byte[] value) {
        return value.length == 0 ? this : bytesAlways(field, value);
    }

    private ProtoWriter bytesAlways(int field, byte[] value) {
        varint(((long) field << 3) | ProtoReader.LENGTH);
        varint(value.length);
        out.writeBytes(value);
        return this;
    }

    ProtoWriter number(int field, long value) {
        return value == 0 ? this : numberAlways(field, value);
    }

    /** Also when it is zero. */
    ProtoWriter numberAlways(int field, long value) {
        varint(((long) field << 3) | ProtoReader.VARINT);
        varint(value);
        return this;
    }

    ProtoWriter flag(int field, boolean value) {
        return number(field, value ? 1 : 0);
    }

    ProtoWriter message(int field, Consumer<ProtoWriter> content) {
        ProtoWriter inner = new ProtoWriter();
        content.accept(inner);
        return bytesAlways(field, inner.toBytes());
    }

    /** Fields that are encoded already. */
    ProtoWriter raw(byte[] fields) {
        out.writeBytes(fields);
        return this;
    }

    private void varint(long value) {
        long left = value;
        while ((left & ~0x7FL) != 0) {
            out.write((int) ((left & 0x7F) | 0x80));
            left >>>= 7;
        }
        out.write((int) left);
    }

    byte[] toBytes() {
        return out.toByteArray();
    }
}
