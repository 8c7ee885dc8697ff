package dev.errand;

/**
 * Every subscription that the event matches has its copy, as safely as the broker's durability says; there may be none.
 *
 * @param id the event's; handlers find it in the header {@link dev.errand.broker.Subscription#EVENT_HEADER}
 */
public record Published(TaskId id) implements PublishAnswer {}
