/** What people and programs read: tables, JSON lines, times and spans, and nothing that a terminal would obey. */
@NullMarked
package dev.errand.cli.text;

import org.jspecify.annotations.NullMarked;
