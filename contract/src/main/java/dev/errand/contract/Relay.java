package dev.errand.contract;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A TCP relay on a free port of the loopback address that can be cut and frozen: what stands between a broker and its server
 * for {@link BrokerServer#cut}, {@link BrokerServer#freeze} and {@link BrokerServer#mend}. Two threads a connection.
 */
public final class Relay implements AutoCloseable {
    private enum State {
        OPEN,
        CUT,
        FROZEN,
        CLOSED
    }

    private static final int BUFFER = 64 * 1024;

    private final InetSocketAddress target;
    private final ServerSocket listening;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private State state = State.OPEN;

    /** Leads to a port of this machine, whether or not anything listens there now. */
    public Relay(int targetPort) {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        this.target = new InetSocketAddress(loopback, targetPort);
        try {
            this.listening = new ServerSocket(0, 128, loopback);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().name("relay-" + port()).start(this::accept);
    }

    /** Where it listens. */
    public int port() {
        return listening.getLocalPort();
    }

    private void accept() {
        while (true) {
            Socket from;
            try {
                from = listening.accept();
            } catch (IOException e) {
                return; // it is closed
            }
            Thread.ofVirtual().name("relay").start(() -> connect(from));
        }
    }

    /** While it is cut, connections are broken as soon as they are made. */
    private void connect(Socket from) {
        Socket to = new Socket();
        sockets.add(from);
        sockets.add(to);
        try {
            if (!passes()) {
                end(from, to);
                return;
            }
            to.connect(target);
            from.setTcpNoDelay(true);
            to.setTcpNoDelay(true);
        } catch (IOException e) {
            end(from, to);
            return;
        }
        Thread.ofVirtual().name("relay").start(() -> pump(from, to));
        pump(to, from);
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            int count;
            while ((count = in.read(buffer)) >= 0 && passes()) {
                out.write(buffer, 0, count);
            }
        } catch (IOException e) {
            // One end is gone, so the other goes as well.
        }
        end(from, to);
    }

    /** Waits while it is frozen; false if the connection is to be broken. */
    private boolean passes() {
        lock.lock();
        try {
            boolean frozen = false;
            while (state == State.FROZEN) {
                frozen = true;
                changed.awaitUninterruptibly();
            }
            return state == State.OPEN && !frozen;
        } finally {
            lock.unlock();
        }
    }

    private void end(Socket one, Socket other) {
        for (Socket socket : new Socket[] {one, other}) {
            sockets.remove(socket);
            try {
                socket.close();
            } catch (IOException e) {
                // It is closed all the same.
            }
        }
    }

    /** As {@link BrokerServer#cut}. */
    public void cut() {
        become(State.CUT);
        breakAll();
    }

    /** As {@link BrokerServer#freeze}. */
    public void freeze() {
        become(State.FROZEN);
    }

    /** As {@link BrokerServer#mend}. */
    public void mend() {
        become(State.OPEN);
        breakAll();
    }

    private void become(State next) {
        lock.lock();
        try {
            if (state != State.CLOSED) {
                state = next;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void breakAll() {
        for (Socket socket : sockets) {
            end(socket, socket);
        }
    }

    @Override
    public void close() {
        become(State.CLOSED);
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        breakAll();
    }
}
