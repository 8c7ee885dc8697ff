package dev.errand.examples.orders;

import dev.errand.DeadLetter;
import dev.errand.TaskContext;
import dev.errand.examples.orders.smtp.Headers;
import dev.errand.examples.orders.smtp.SmtpConnections;
import jakarta.mail.Address;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.util.Date;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;

/**
 * The handler of {@link Mail#CONFIRM}. Its mail's Message-ID is derived from the task's id, so that mail programs show a mail
 * once that was sent twice, because its worker died before it could say that it was done.
 */
final class Mailer {
    private final SmtpConnections connections;

    Mailer(SmtpConnections connections) {
        this.connections = connections;
    }

    /**
     * Sends the confirmation.
     *
     * @throws BadAddress if there is no such mailbox
     * @throws DeadLetter if the mail server refuses this mail for good for another reason
     * @throws MessagingException in all other cases: to be tried again
     */
    void confirm(OrderPlaced order, TaskContext task) throws BadAddress, MessagingException {
        try {
            Address[] to = {mailbox(order.email())};
            connections.send(message(order, task, to[0]), to);
        } catch (AddressException e) {
            throw new BadAddress("not an e-mail address: " + e.getMessage(), e);
        } catch (MessagingException e) {
            throw judged(e);
        }
    }

    /** One mailbox and nothing else: the syntax of addresses also has groups of many, and names around one. */
    private static InternetAddress mailbox(String email) throws AddressException {
        InternetAddress address = new InternetAddress(email, true);
        if (address.isGroup() || !email.equals(address.getAddress())) {
            throw new AddressException("not a single plain mailbox", email);
        }
        return address;
    }

    private Message message(OrderPlaced order, TaskContext task, Address to) throws MessagingException {
        String id = "<" + task.id() + "@orders.example.org>";
        MimeMessage message = new IdentifiedMessage(connections.session(), id);
        message.setFrom(new InternetAddress("orders@example.org", true));
        message.setRecipient(Message.RecipientType.TO, to);
        message.setSubject("Your order " + order.orderId());
        message.setSentDate(Date.from(task.created()));
        message.setHeader(
                Headers.ORDER,
                OrderId.parse(order.orderId())
                        .orElseThrow(() -> new DeadLetter("the order id is not one that the order service gives"))
                        .value());
        message.setHeader(Headers.ATTEMPT, Integer.toString(task.attempt()));
        message.setText(
                "Thank you for your order of " + order.quantity() + " x " + order.item() + ".\n\nIts number is "
                        + order.orderId() + ".\n",
                "utf-8");
        message.saveChanges();
        return message;
    }

    /** The mail server's answers 500 to 599 are final, 400 to 499 are not. */
    private static MessagingException judged(MessagingException e) throws BadAddress {
        for (Exception next = e;
                next != null;
                next = next instanceof MessagingException m ? m.getNextException() : null) {
            if (next instanceof SMTPAddressFailedException address) {
                if (address.getReturnCode() >= 500) {
                    throw new BadAddress(said(address), e);
                }
                return new MessagingException(said(address), e);
            }
            if (next instanceof SMTPSendFailedException refused && refused.getReturnCode() >= 500) {
                throw new DeadLetter("the mail server refuses this mail: " + said(refused), e);
            }
        }
        return e;
    }

    private static String said(MessagingException e) {
        return String.valueOf(e.getMessage()).strip();
    }

    /** A message that keeps the id that it was given. */
    private static final class IdentifiedMessage extends MimeMessage {
        private final String id;

        IdentifiedMessage(Session session, String id) {
            super(session);
            this.id = id;
        }

        @Override
        protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", id);
        }
    }
}
