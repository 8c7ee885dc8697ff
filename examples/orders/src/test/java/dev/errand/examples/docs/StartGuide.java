package dev.errand.examples.docs;

import dev.errand.Discard;
import dev.errand.Duplicate;
import dev.errand.EnqueueResult;
import dev.errand.Enqueued;
import dev.errand.Errand;
import dev.errand.Replaced;
import dev.errand.Retry;
import dev.errand.RetryAfter;
import dev.errand.ReturningTaskType;
import dev.errand.TaskContext;
import dev.errand.TaskId;
import dev.errand.TaskInfo;
import dev.errand.TaskType;
import dev.errand.Worker;
import dev.errand.broker.Durability;
import dev.errand.broker.TaskFilter;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** The code of {@code docs/start.md}, in its order. */
final class StartGuide {
    record OrderPlaced(String orderId, String email) {}

    record Receipt(String number) {}

    static final class BadAddress extends Exception {
        private static final long serialVersionUID = 1L;
    }

    static final class MailServerBusy extends IOException {
        private static final long serialVersionUID = 1L;
    }

    interface Mail {
        TaskType<OrderPlaced> CONFIRM = TaskType.of("mail.confirm", OrderPlaced.class)
                .queue("mail")
                .timeout(Duration.ofSeconds(30))
                .retention(Duration.ofHours(24))
                .uniqueBy(OrderPlaced::orderId, Duration.ofHours(1))
                .retry(Retry.exponential(Duration.ofSeconds(2)).maxAttempts(8).never(BadAddress.class));

        ReturningTaskType<OrderPlaced, Receipt> BILL =
                TaskType.of("bill", OrderPlaced.class).returning(Receipt.class);
    }

    interface Mailer {
        void send(String address, TaskId id) throws IOException, BadAddress;
    }

    private StartGuide() {}

    static Errand connect(String url) {
        Errand errand = Errand.connect(url, c -> c.require(Durability.OS_CRASH));
        return errand;
    }

    static TaskId enqueue(Errand errand, OrderPlaced order) {
        EnqueueResult answer = errand.enqueue(Mail.CONFIRM, order);
        switch (answer) {
            case Enqueued stored -> System.out.println("stored as " + stored.id());
            case Duplicate first -> System.out.println("stored before as " + first.id());
            case Replaced waiting -> System.out.println("replaces " + waiting.id()); // only for debounced types
        }
        return answer.id();
    }

    static void enqueueForLater(Errand errand, OrderPlaced order) {
        TaskId id = TaskId.of("confirm-" + order.orderId());
        errand.enqueue(Mail.CONFIRM, order, o -> o.id(id).delay(Duration.ofMinutes(5)));
    }

    static Worker work(Errand errand, Mailer mailer) {
        Worker worker = errand.worker()
                .queue("mail", q -> q.weight(3).max(8))
                .queue("default")
                .handle(Mail.CONFIRM, (order, task) -> confirm(mailer, order, task))
                .handle(Mail.BILL, (order, task) -> new Receipt("r-" + order.orderId()))
                .start();
        return worker;
    }

    static void confirm(Mailer mailer, OrderPlaced order, TaskContext task) throws IOException, BadAddress {
        if (order.email().isBlank()) {
            throw new Discard("the customer gave no address");
        }
        try {
            mailer.send(order.email(), task.id());
        } catch (MailServerBusy e) {
            throw new RetryAfter(Duration.ofSeconds(1), e);
        }
    }

    static void redrive(Errand errand) {
        var page = errand.deadLetters().list(TaskFilter.ALL.inQueue("mail"), Optional.empty(), 100);
        for (TaskInfo letter : page.items()) {
            System.out.println(letter.id() + " " + letter.cause() + ": " + letter.reason());
            errand.deadLetters().redrive(letter.id());
        }
    }

    static Receipt bill(Errand errand, OrderPlaced order) throws InterruptedException {
        TaskId id = errand.enqueue(Mail.BILL, order).id();
        Receipt receipt = errand.tasks().await(Mail.BILL, id, Duration.ofSeconds(30));
        return receipt;
    }

    static void untilStopped(Errand errand) throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(errand::close));
        Thread.currentThread().join(); // Errand's threads are daemons: they do not keep the process alive
    }
}
