package dev.errand.examples.orders.smtp;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.subethamail.smtp.MessageHandler;
import org.subethamail.smtp.RejectException;
import org.subethamail.smtp.TooMuchDataException;
import org.subethamail.smtp.server.SMTPServer;

/** A mail server on the loopback interface that keeps what it takes in a folder before it says so. */
public final class MailServer implements AutoCloseable {
    private static final int MAX_MAIL = 1024 * 1024;

    private final MailFolder folder;
    private final Reception reception;
    private final SMTPServer server;

    /** Serves from now on; port 0: a free one. */
    public MailServer(int port, MailFolder folder, Reception reception) {
        this.folder = folder;
        this.reception = reception;
        this.server = SMTPServer.port(port)
                .bindAddress(InetAddress.getLoopbackAddress())
                .hostName("localhost")
                .softwareName("Errand example")
                .maxMessageSize(MAX_MAIL)
                .maxRecipients(1)
                .connectionTimeout(1, TimeUnit.MINUTES)
                .messageHandlerFactory(context -> new Receiving())
                .build();
        server.start();
    }

    /** Where it is found. */
    public String url() {
        return "smtp://" + InetAddress.getLoopbackAddress().getHostAddress() + ":" + server.getPortAllocated();
    }

    /** One mail on its way in. */
    private final class Receiving implements MessageHandler {
        @Override
        public void from(String sender) {}

        @Override
        public void recipient(String address) throws RejectException {
            Optional<Reception.Refusal> refusal = reception.refuse(address);
            if (refusal.isPresent()) {
                throw new RejectException(refusal.get().code(), refusal.get().text());
            }
        }

        @Override
        public @Nullable String data(InputStream mail) throws RejectException, TooMuchDataException, IOException {
            byte[] bytes = mail.readNBytes(MAX_MAIL + 1);
            if (bytes.length > MAX_MAIL) {
                throw new TooMuchDataException("A mail has at most " + MAX_MAIL + " bytes");
            }
            StoredMail stored;
            try {
                stored = folder.store(bytes);
            } catch (IOException e) {
                throw new RejectException(451, "The mail cannot be kept now: " + e.getMessage());
            }
            reception.stored(stored);
            return null;
        }

        @Override
        public void done() {}
    }

    @Override
    public void close() {
        server.stop();
    }
}
