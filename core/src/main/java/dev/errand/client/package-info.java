/** The client's engine: builds envelopes and hands them to the broker in natural batches. Not for users. */
@NullMarked
package dev.errand.client;

import org.jspecify.annotations.NullMarked;
