package dev.errand;

import java.lang.reflect.Type;

/**
 * Turns payloads and results into bytes and back. Thread-safe. {@code byte[]} and {@code String} never reach a codec: they
 * travel as they are. A codec on the class path is found by {@link java.util.ServiceLoader} unless one is given to the
 * builder.
 */
public interface PayloadCodec {
    /** The media type of what it writes: {@code application/json}. */
    String contentType();

    /** Encodes a value, never null, declared as {@code type}; throws any exception if it cannot. */
    byte[] encode(Object value, Type type) throws Exception;

    /** Decodes what {@link #encode} or another program wrote; throws any exception if it cannot. */
    Object decode(byte[] bytes, Type type) throws Exception;
}
