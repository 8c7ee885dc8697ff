package dev.errand.sql;

import dev.errand.sql.Listeners.Listener;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The connections over which this process wakes others; kept, and never waited for. A process that is stopped has a full buffer
 * after some hundred wake-ups; the next ones are dropped, for it has enough to read when it goes on. For the switchboard thread.
 */
final class WakeCalls implements AutoCloseable {
    private static final long RETRY_NANOS = 1_000_000_000L;

    private final Map<Long, SocketChannel> open = new HashMap<>();
    private final Map<Long, Long> failedAt = new HashMap<>();

    /** Wakes everybody who wants to hear of one of these; answers whom it could not reach. */
    List<Listener> send(List<Listener> listeners, int bits) {
        List<Listener> unreached = new ArrayList<>();
        for (Listener listener : listeners) {
            if ((listener.wants() & bits) != 0 && !send(listener, bits)) {
                unreached.add(listener);
            }
        }
        forgetOthers(listeners);
        return unreached;
    }

    private boolean send(Listener listener, int bits) {
        Long failed = failedAt.get(listener.slot());
        if (failed != null && System.nanoTime() - failed < RETRY_NANOS) {
            return true; // reported a moment ago
        }
        try {
            SocketChannel channel = open.get(listener.slot());
            if (channel == null) {
                channel = connect(listener);
                open.put(listener.slot(), channel);
            }
            channel.write(ByteBuffer.wrap(new byte[] {(byte) bits}));
            return true;
        } catch (IOException e) {
            failedAt.put(listener.slot(), System.nanoTime());
            drop(listener.slot());
            return false;
        }
    }

    private static SocketChannel connect(Listener listener) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.configureBlocking(false);
            if (!channel.connect(UnixDomainSocketAddress.of(Path.of(listener.address())))) {
                throw new IOException("nobody accepts at " + listener.address());
            }
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void forgetOthers(List<Listener> listeners) {
        List<Long> gone = new ArrayList<>(open.keySet());
        listeners.forEach(listener -> gone.remove(listener.slot()));
        gone.forEach(this::drop);
        failedAt.keySet().removeIf(slot -> listeners.stream().noneMatch(l -> l.slot() == slot));
    }

    private void drop(long slot) {
        SocketChannel channel = open.remove(slot);
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // It was broken anyway.
        }
    }

    @Override
    public void close() {
        List.copyOf(open.keySet()).forEach(this::drop);
    }
}
