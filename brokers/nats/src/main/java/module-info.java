/** Tasks in NATS JetStream. */
module dev.errand.nats {
    requires transitive dev.errand;
    requires io.nats.jnats;
    requires org.slf4j;
    requires static org.jspecify;

    exports dev.errand.nats;

    provides dev.errand.broker.BrokerProvider with
            dev.errand.nats.NatsProvider;
}
