package dev.errand.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;
import dev.errand.BrokerUnavailableException;
import dev.errand.ConfigurationException;
import dev.errand.ErrandException;
import dev.errand.StorageException;
import org.jspecify.annotations.Nullable;

/** What went wrong, as the caller can act on it. */
final class Failures {
    private Failures() {}

    /** The server's reason to close a channel or connection; null if it gave none. */
    static AMQP.Channel.@Nullable Close channelClose(@Nullable Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof ShutdownSignalException signal
                    && signal.getReason() instanceof AMQP.Channel.Close close) {
                return close;
            }
        }
        return null;
    }

    static boolean isCode(@Nullable Throwable failure, int code) {
        AMQP.Channel.Close close = channelClose(failure);
        return close != null && close.getReplyCode() == code;
    }

    static boolean isNotFound(@Nullable Throwable failure) {
        return isCode(failure, AMQP.NOT_FOUND);
    }

    /** A failed call, for the caller. */
    static ErrandException of(RabbitOptions options, String what, Throwable failure) {
        if (failure instanceof ErrandException own) {
            return own;
        }
        AMQP.Channel.Close close = channelClose(failure);
        if (close == null) {
            return new BrokerUnavailableException(
                    "RabbitMQ at " + options + " cannot be reached: " + what + " failed (" + said(failure)
                            + "). It is tried again as long as the caller does",
                    failure);
        }
        return switch (close.getReplyCode()) {
            case AMQP.ACCESS_REFUSED ->
                new ConfigurationException(
                        "RabbitMQ at " + options + " refuses " + what + " (" + close.getReplyText()
                                + "). Give the user the permissions to configure, write and read these names",
                        failure);
            case AMQP.NOT_FOUND ->
                new StorageException(
                        "RabbitMQ at " + options + ": " + what + " failed, something is missing ("
                                + close.getReplyText() + ")",
                        failure);
            case AMQP.PRECONDITION_FAILED ->
                new ConfigurationException(
                        "RabbitMQ at " + options + " refuses " + what + " (" + close.getReplyText()
                                + "). If it was declared otherwise, delete it or give topology=check",
                        failure);
            default ->
                new BrokerUnavailableException(
                        "RabbitMQ at " + options + ": " + what + " failed (" + close.getReplyText() + ")", failure);
        };
    }

    /** An exception's words, without a class name that says nothing to operators. */
    static String said(Throwable failure) {
        if (failure instanceof ShutdownSignalException signal) {
            Method reason = signal.getReason();
            if (reason instanceof AMQP.Connection.Close close) {
                return close.getReplyText();
            }
        }
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
