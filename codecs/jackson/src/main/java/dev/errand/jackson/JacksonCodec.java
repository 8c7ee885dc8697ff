package dev.errand.jackson;

import dev.errand.ConfigurationException;
import dev.errand.PayloadCodec;
import java.lang.reflect.Type;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;

/**
 * Payloads and results as JSON. Found on the class path; or made from a mapper of your own:
 *
 * <pre>{@code
 * Errand.connect(url, c -> c.codec(new JacksonCodec(JacksonCodec.rules().addModule(new MoneyModule()).build())))
 * }</pre>
 *
 * <p>What it refuses to read it describes by field, place and expected type, never by value: such descriptions end up in logs
 * and with dead letters. Thread-safe.
 */
public final class JacksonCodec implements PayloadCodec {
    private final JsonMapper mapper;

    /** With {@link #rules()} as they are. */
    public JacksonCodec() {
        this(rules().build());
    }

    /**
     * With a mapper of your own, used as it is.
     *
     * @throws ConfigurationException if it has default typing: payloads would name the classes to be instantiated
     */
    public JacksonCodec(JsonMapper mapper) {
        JavaType any = mapper.constructType(Object.class);
        if (mapper.serializationConfig().getDefaultTyper(any) != null
                || mapper.deserializationConfig().getDefaultTyper(any) != null) {
            throw new ConfigurationException(
                    "The JSON mapper has default typing, which lets payloads name the classes to be"
                            + " instantiated; build it without, and mark polymorphic types with @JsonTypeInfo(use = NAME)");
        }
        this.mapper = mapper;
    }

    /**
     * The rules by which payloads are read and written, to be extended: unknown fields are ignored, missing ones are null (a
     * primitive must be there), dates are ISO text; duplicate keys, trailing text, lossy conversions and class names are refused;
     * fields and map keys come in a fixed order.
     */
    public static JsonMapper.Builder rules() {
        return JsonRules.builder();
    }

    @Override
    public String contentType() {
        return "application/json";
    }

    @Override
    public byte[] encode(Object value, Type type) {
        return mapper.writerFor(mapper.constructType(type)).writeValueAsBytes(value);
    }

    @Override
    public Object decode(byte[] bytes, Type type) throws InvalidJsonException {
        JavaType target = mapper.constructType(type);
        Object value;
        try {
            value = mapper.readerFor(target).readValue(bytes);
        } catch (JacksonException e) {
            throw InvalidJsonException.of(e);
        }
        if (value == null) {
            throw new InvalidJsonException("it is null, and a payload is a value");
        }
        return value;
    }

    /** {@code JSON by Jackson}: how it is named where there are several. */
    @Override
    public String toString() {
        return "JSON by Jackson (" + JacksonCodec.class.getName() + ")";
    }
}
