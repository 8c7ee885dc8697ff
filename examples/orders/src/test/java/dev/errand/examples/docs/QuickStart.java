package dev.errand.examples.docs;

import dev.errand.Errand;
import dev.errand.TaskType;
import dev.errand.Worker;
import java.util.concurrent.CountDownLatch;

public class QuickStart {
    public record OrderPlaced(String orderId, String email) {}

    static final TaskType<OrderPlaced> CONFIRM =
            TaskType.of("mail.confirm", OrderPlaced.class).queue("mail");

    public static void main(String[] args) throws InterruptedException {
        CountDownLatch sent = new CountDownLatch(1);
        try (Errand errand = Errand.connect("sqlite:errand.db");
                Worker worker = errand.worker()
                        .handle(CONFIRM, (order, task) -> {
                            System.out.println(task.id() + ", attempt " + task.attempt() + ": to " + order.email());
                            if (task.attempt() == 1) {
                                throw new IllegalStateException("the mail server is busy");
                            }
                            sent.countDown();
                        })
                        .start()) {
            var answer = errand.enqueue(CONFIRM, new OrderPlaced("o-17", "customer-17@example.org"));
            System.out.println("stored: " + answer.id());
            sent.await();
        }
    }
}
