/** What was measured, and how it is shown: tables, lines of JSON, charts, a page. */
@NullMarked
package dev.errand.bench.report;

import org.jspecify.annotations.NullMarked;
