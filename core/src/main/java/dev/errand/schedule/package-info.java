/** When a schedule fires: rules, and what is done about overlapping and missed runs. */
@NullMarked
package dev.errand.schedule;

import org.jspecify.annotations.NullMarked;
