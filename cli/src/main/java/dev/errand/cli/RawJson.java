package dev.errand.cli;

import dev.errand.PayloadCodec;
import java.lang.reflect.Type;

/**
 * JSON as it was typed, for schedules: their tasks' payload types are not known here.
 *
 * @param bytes checked to be JSON
 */
record RawJson(byte[] bytes) {
    /** Hands the bytes through. */
    static final class Codec implements PayloadCodec {
        @Override
        public String contentType() {
            return "application/json";
        }

        @Override
        public byte[] encode(Object value, Type type) {
            return ((RawJson) value).bytes();
        }

        @Override
        public Object decode(byte[] bytes, Type type) {
            return new RawJson(bytes);
        }
    }
}
