/**
 * Java and Go on one queue: both ask for thumbnails and both make them. Start at {@link
 * dev.errand.examples.polyglot.Thumbnails}; the Go half is in {@code go/main.go}.
 */
@NullMarked
package dev.errand.examples.polyglot;

import org.jspecify.annotations.NullMarked;
