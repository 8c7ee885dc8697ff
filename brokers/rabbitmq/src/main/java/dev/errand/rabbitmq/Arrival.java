package dev.errand.rabbitmq;

/**
 * A message that was delivered to us and not acknowledged yet.
 *
 * @param line the channel that it came on
 * @param tag names it on that channel
 * @param consumer what asked for it; empty: nothing, it was fetched
 * @param isRedelivered whether it was delivered to somebody before
 * @param message itself
 */
record Arrival(Line line, long tag, String consumer, boolean isRedelivered, Message message) {
    /** Whether it was fetched by {@link Alone}, and nothing was delivered ahead of it. */
    boolean isFetched() {
        return consumer.isEmpty();
    }

    /** How often it came back from a consumer that did not acknowledge it. */
    int returns() {
        var headers = message.properties().getHeaders();
        Object count = headers == null ? null : headers.get("x-delivery-count");
        long returns = count instanceof Number number ? number.longValue() : 0;
        // Classic queues do not count; newer servers do not count every return.
        return (int) Math.min(Integer.MAX_VALUE, Math.max(returns, isRedelivered ? 1 : 0));
    }
}
