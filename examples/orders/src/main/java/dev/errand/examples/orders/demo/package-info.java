/**
 * The demonstration: runs both services as processes, places orders, lets things go wrong, and shows and counts what becomes of
 * every order. Start at {@link dev.errand.examples.orders.demo.DemoRun}.
 */
@NullMarked
package dev.errand.examples.orders.demo;

import org.jspecify.annotations.NullMarked;
