/** Payloads as JSON with Jackson 3. */
module dev.errand.jackson {
    requires static transitive org.jspecify;
    requires com.fasterxml.jackson.annotation;
    requires transitive dev.errand;
    requires transitive tools.jackson.databind;

    exports dev.errand.jackson;

    provides dev.errand.PayloadCodec with
            dev.errand.jackson.JacksonCodec;
}
