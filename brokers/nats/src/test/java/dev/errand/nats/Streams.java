package dev.errand.nats;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Removes what tests have made, with the plain client. */
final class Streams {
    private Streams() {}

    static void deleteAll(int port, String prefix) {
        try (Connection connection = Nats.connect("nats://127.0.0.1:" + port)) {
            JetStreamManagement streams = connection.jetStreamManagement();
            for (String name : streams.getStreamNames()) {
                if (name.startsWith(prefix)) {
                    streams.deleteStream(name);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException | JetStreamApiException e) {
            throw new AssertionError(e);
        }
    }
}
