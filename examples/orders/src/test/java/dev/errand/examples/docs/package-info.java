/** The code that the documents show, compiled and run. */
@NullMarked
package dev.errand.examples.docs;

import org.jspecify.annotations.NullMarked;
