package dev.errand.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QueueOrderTest {
    private static Map<String, WorkerConfig.Queue> queues() {
        Map<String, WorkerConfig.Queue> queues = new LinkedHashMap<>();
        queues.put("low", new WorkerConfig.Queue(1, Integer.MAX_VALUE));
        queues.put("critical", new WorkerConfig.Queue(6, Integer.MAX_VALUE));
        queues.put("mail", new WorkerConfig.Queue(3, Integer.MAX_VALUE));
        return queues;
    }

    @Test
    void strictIsAlwaysByWeight() {
        QueueOrder order = new QueueOrder(queues(), true, new Random(1));
        for (int i = 0; i < 10; i++) {
            assertThat(order.next()).containsExactly("critical", "mail", "low");
        }
    }

    @Test
    void weightedPutsEachQueueFirstAsOftenAsItsWeightSays() {
        QueueOrder order = new QueueOrder(queues(), false, new Random(1));
        Map<String, Integer> first = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            List<String> next = order.next();
            assertThat(next).containsExactlyInAnyOrder("critical", "mail", "low");
            first.merge(next.getFirst(), 1, Integer::sum);
        }
        assertThat(first.get("critical")).isBetween(5_800, 6_200);
        assertThat(first.get("mail")).isBetween(2_800, 3_200);
        assertThat(first.get("low")).isBetween(850, 1_150);
    }
}
