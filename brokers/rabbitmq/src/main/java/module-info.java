/** Tasks in RabbitMQ queues, as open messages. */
module dev.errand.rabbitmq {
    requires transitive dev.errand;
    requires com.rabbitmq.client;
    requires org.slf4j;
    requires static org.jspecify;
    requires tools.jackson.core;

    exports dev.errand.rabbitmq;

    provides dev.errand.broker.BrokerProvider with
            dev.errand.rabbitmq.RabbitProvider;
}
