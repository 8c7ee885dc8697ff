package dev.errand.sql;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Iterator;

/**
 * Where this process is woken: a Unix domain socket beside the database, or in the temporary directory if that path is too long
 * for a socket. Callers keep their connection and send a byte of bits for each wake-up.
 */
final class WakeSocket implements AutoCloseable {
    /** What fits into a socket's address on the systems that we know. */
    private static final int MAX_PATH_BYTES = 100;

    private final Path address;
    private final ServerSocketChannel server;
    private final Selector selector;

    private WakeSocket(Path address, ServerSocketChannel server, Selector selector) {
        this.address = address;
        this.server = server;
        this.selector = selector;
    }

    static WakeSocket open(DatabaseFile file, String process, Selector selector) throws IOException {
        String name = file.path().getFileName() + Listeners.INFIX + process;
        Path beside = file.path().resolveSibling(name);
        Path path = fits(beside)
                ? beside
                : Path.of(System.getProperty("java.io.tmpdir"), "errand" + Listeners.INFIX + process)
                        .toAbsolutePath();
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(path));
            if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            }
            server.configureBlocking(false);
            server.register(selector, SelectionKey.OP_ACCEPT);
            return new WakeSocket(path, server, selector);
        } catch (IOException | RuntimeException e) {
            server.close();
            Files.deleteIfExists(path);
            throw e;
        }
    }

    private static boolean fits(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_PATH_BYTES;
    }

    Path address() {
        return address;
    }

    /** Serves what is ready, and answers the bits that came in. */
    static int receive(Selector selector) throws IOException {
        int bits = 0;
        Iterator<SelectionKey> ready = selector.selectedKeys().iterator();
        while (ready.hasNext()) {
            SelectionKey key = ready.next();
            ready.remove();
            if (!key.isValid()) {
                continue;
            }
            if (key.isAcceptable()) {
                accept((ServerSocketChannel) key.channel(), selector);
            } else if (key.isReadable()) {
                bits |= read((SocketChannel) key.channel());
            }
        }
        return bits;
    }

    private static void accept(ServerSocketChannel server, Selector selector) throws IOException {
        SocketChannel caller = server.accept();
        if (caller != null) {
            caller.configureBlocking(false);
            caller.register(selector, SelectionKey.OP_READ);
        }
    }

    private static int read(SocketChannel caller) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(256);
        int bits = 0;
        try {
            int read = caller.read(bytes);
            for (int i = 0; i < read; i++) {
                bits |= bytes.get(i);
            }
            if (read < 0) {
                caller.close();
            }
        } catch (IOException e) {
            caller.close(); // the caller is gone
        }
        return bits;
    }

    @Override
    public void close() throws IOException {
        try {
            server.close();
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
        } finally {
            Files.deleteIfExists(address);
        }
    }
}
