package dev.errand.memory;

import dev.errand.broker.QueueControl;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Holds queues back. */
final class MemoryQueueControl implements QueueControl {
    private final Room room;

    MemoryQueueControl(Room room) {
        this.room = room;
    }

    @Override
    public boolean pause(String queue) {
        return room.with(tasks -> {
            QueueLine line = tasks.serve(queue);
            boolean news = line.paused == null;
            if (news) {
                line.paused = tasks.now();
            }
            return news;
        });
    }

    @Override
    public boolean resume(String queue) {
        return room.with(tasks -> {
            QueueLine line = tasks.queue(queue);
            boolean news = line != null && line.paused != null;
            if (line != null && news) {
                line.paused = null;
                tasks.stir(line);
            }
            return news;
        });
    }

    @Override
    public Map<String, Instant> paused() {
        return room.with(tasks -> {
            Map<String, Instant> paused = new TreeMap<>();
            for (QueueLine line : tasks.queues()) {
                if (line.paused != null) {
                    paused.put(line.name, Objects.requireNonNull(line.paused));
                }
            }
            return paused;
        });
    }
}
