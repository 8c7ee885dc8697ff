package dev.errand.client;

import dev.errand.CodecException;
import dev.errand.ConfigurationException;
import dev.errand.PayloadCodec;
import dev.errand.TypeSpec;
import dev.errand.Upcaster;
import dev.errand.broker.Payload;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Encodes and decodes payloads and results: bytes and texts as they are, everything else by the codec. Thread-safe. */
public final class Codecs {
    private static final String BYTES = "application/octet-stream";
    private static final String TEXT = "text/plain;charset=utf-8";

    private final @Nullable PayloadCodec codec;

    private Codecs(@Nullable PayloadCodec codec) {
        this.codec = codec;
    }

    /** The given codec, else the only one on the class path, else none. */
    public static Codecs of(Optional<PayloadCodec> given) {
        if (given.isPresent()) {
            return new Codecs(given.get());
        }
        List<PayloadCodec> found = ServiceLoader.load(PayloadCodec.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        if (found.size() > 1) {
            throw new ConfigurationException(
                    "There are several payload codecs on the class path (" + found + "); choose one with codec(…)");
        }
        return new Codecs(found.isEmpty() ? null : found.getFirst());
    }

    /** Refuses a type whose payload or result no codec can carry. */
    public void check(TypeSpec<?> spec) {
        if (codec == null
                && (!plain(spec.payloadType())
                        || !spec.resultType().map(Codecs::plain).orElse(true))) {
            throw new ConfigurationException(
                    "Task type " + spec.name() + " carries "
                            + spec.payloadType().getTypeName()
                            + ", and there is no codec for it: add errand-codec-jackson to the class path or give one with codec(…)");
        }
    }

    private static boolean plain(Type type) {
        return type == byte[].class || type == String.class;
    }

    /** Encodes a payload or a result of the named task type. */
    public Payload encode(String taskType, Object value, Type type, int version) {
        if (value instanceof byte[] bytes && type == byte[].class) {
            return new Payload(bytes, BYTES, version);
        }
        if (value instanceof String text && type == String.class) {
            return new Payload(text.getBytes(StandardCharsets.UTF_8), TEXT, version);
        }
        PayloadCodec used = required(taskType, type);
        try {
            return new Payload(
                    Objects.requireNonNull(used.encode(value, type), "the codec answered null"),
                    Objects.requireNonNull(used.contentType(), "the codec has no content type"),
                    version);
        } catch (Exception | StackOverflowError e) {
            throw new CodecException(
                    "Task type " + taskType + ": a " + type.getTypeName() + " cannot be encoded: " + e, e);
        }
    }

    /** Decodes a payload of this task type, lifting it from its schema version to the type's. */
    public Object decodePayload(TypeSpec<?> spec, Payload payload) {
        byte[] bytes = payload.bytes();
        for (int version = payload.version(); version < spec.version(); version++) {
            bytes = lift(spec, bytes, version);
        }
        return decode(spec.name(), bytes, spec.payloadType());
    }

    private static byte[] lift(TypeSpec<?> spec, byte[] bytes, int from) {
        Upcaster upcaster = spec.upcasters().get(from);
        if (upcaster == null) {
            throw new CodecException("Task type " + spec.name() + ": there is no upcaster from schema version " + from
                    + "; add upcast(" + from + ", …), then redrive the task");
        }
        try {
            return upcaster.upcast(bytes);
        } catch (Exception | StackOverflowError e) {
            throw new CodecException(
                    "Task type " + spec.name() + ": a payload of schema version " + from + " cannot be lifted: " + e,
                    e);
        }
    }

    /** Decodes a payload or a result of the named task type. */
    public Object decode(String taskType, byte[] bytes, Type type) {
        if (type == byte[].class) {
            return bytes;
        }
        if (type == String.class) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
        PayloadCodec used = required(taskType, type);
        Object value;
        try {
            value = used.decode(bytes, type);
        } catch (Exception | StackOverflowError e) {
            throw new CodecException(
                    "Task type " + taskType + ": " + bytes.length + " bytes cannot be decoded as " + type.getTypeName()
                            + ": " + e,
                    e);
        }
        if (value == null) {
            throw new CodecException("Task type " + taskType + ": the payload decodes to null");
        }
        return value;
    }

    private PayloadCodec required(String taskType, Type type) {
        if (codec == null) {
            throw new ConfigurationException(
                    "Task type " + taskType + " carries " + type.getTypeName()
                            + ", and there is no codec for it: add errand-codec-jackson to the class path or give one with codec(…)");
        }
        return codec;
    }
}
