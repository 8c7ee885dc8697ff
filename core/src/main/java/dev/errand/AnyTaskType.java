package dev.errand;

import java.lang.reflect.Type;

/**
 * What task types with and without a result have in common.
 *
 * @param <P> the payload
 */
public sealed interface AnyTaskType<P> permits TaskType, ReturningTaskType {
    /** The wire name. */
    default String name() {
        return spec().name();
    }

    /** Everything else about it. */
    TypeSpec<P> spec();

    /** The payload's Java type. */
    default Type payloadType() {
        return spec().payloadType();
    }
}
