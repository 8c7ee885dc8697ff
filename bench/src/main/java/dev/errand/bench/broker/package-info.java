/** Each kind of broker with its bare counterpart. Start at {@link dev.errand.bench.broker.BrokerKind}. */
@NullMarked
package dev.errand.bench.broker;

import org.jspecify.annotations.NullMarked;
