package dev.errand.worker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * In which order the next request looks into the queues. Strict: by weight, always. Weighted: a random permutation in which
 * each next place goes to a remaining queue with a probability proportional to its weight; so over many requests each queue
 * is first as often as its weight says, and none starves. For one thread.
 */
final class QueueOrder {
    private record Entry(String name, int weight) {}

    private final List<Entry> entries;
    private final List<String> byRank;
    private final boolean fixed;
    private final RandomGenerator random;

    QueueOrder(Map<String, WorkerConfig.Queue> queues, boolean strict, RandomGenerator random) {
        this.entries = queues.entrySet().stream()
                .map(e -> new Entry(e.getKey(), e.getValue().weight()))
                .sorted(Comparator.comparingInt(Entry::weight).reversed())
                .toList();
        this.byRank = entries.stream().map(Entry::name).toList();
        this.fixed = strict || entries.size() == 1;
        this.random = random;
    }

    List<String> next() {
        if (fixed) {
            return byRank;
        }
        List<Entry> left = new ArrayList<>(entries);
        int total = left.stream().mapToInt(Entry::weight).sum();
        List<String> order = new ArrayList<>(left.size());
        while (!left.isEmpty()) {
            int ticket = random.nextInt(total);
            int i = 0;
            while (ticket >= left.get(i).weight) {
                ticket -= left.get(i).weight;
                i++;
            }
            Entry chosen = left.remove(i);
            total -= chosen.weight;
            order.add(chosen.name);
        }
        return order;
    }
}
