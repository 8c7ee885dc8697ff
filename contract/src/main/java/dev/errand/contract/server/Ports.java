package dev.errand.contract.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports of the loopback address for servers that are started again on them. */
final class Ports {
    private static final int LOWEST = 12_000;
    private static final int HIGHEST = 32_000;

    private Ports() {}

    /**
     * One that nobody listens on, below those that the system gives to outgoing connections: one of these would be in the way
     * when the server is started again.
     */
    static int free() {
        for (int i = 0; i < 1_000; i++) {
            int candidate = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            try (ServerSocket socket = new ServerSocket(candidate, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // It is taken: the next one.
            }
        }
        throw new AssertionError("no free port from " + LOWEST + " to " + HIGHEST);
    }
}
