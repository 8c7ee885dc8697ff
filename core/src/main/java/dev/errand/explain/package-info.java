/**
 * Says why a task does not run, and whether a broker and its workers are well: findings with their remedies. Reads through the
 * broker's ports alone and changes nothing.
 */
@NullMarked
package dev.errand.explain;

import org.jspecify.annotations.NullMarked;
