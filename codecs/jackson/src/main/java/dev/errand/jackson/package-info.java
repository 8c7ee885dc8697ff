/**
 * Payloads as JSON with Jackson 3: the codec, upcasters over trees, and golden files that prove that stored payloads stay
 * readable.
 */
@NullMarked
package dev.errand.jackson;

import org.jspecify.annotations.NullMarked;
