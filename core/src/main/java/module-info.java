/** The API, the engine and the in-memory broker of Errand. */
module dev.errand {
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports dev.errand;
    exports dev.errand.broker;
    exports dev.errand.explain;
    exports dev.errand.local;
    exports dev.errand.memory;
    exports dev.errand.schedule;
    exports dev.errand.time;

    uses dev.errand.PayloadCodec;
    uses dev.errand.broker.BrokerProvider;

    provides dev.errand.broker.BrokerProvider with
            dev.errand.memory.MemoryProvider;
}
