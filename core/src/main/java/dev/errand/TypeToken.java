package dev.errand;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;

/**
 * Carries a generic type: {@code new TypeToken<List<Order>>() {}}.
 *
 * @param <T> the type
 */
public abstract class TypeToken<T> {
    private final Type type;

    /** Reads the type argument of the anonymous subclass. */
    protected TypeToken() {
        if (!(getClass().getGenericSuperclass() instanceof ParameterizedType parent)
                || parent.getActualTypeArguments()[0] instanceof TypeVariable) {
            throw new ConfigurationException("A TypeToken needs its type written out: new TypeToken<List<Order>>() {}");
        }
        this.type = parent.getActualTypeArguments()[0];
    }

    /** The type. */
    public final Type type() {
        return type;
    }
}
