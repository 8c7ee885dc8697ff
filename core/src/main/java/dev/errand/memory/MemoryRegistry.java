package dev.errand.memory;

import dev.errand.broker.WorkerRegistry;
import java.util.List;

/** The open intakes. They live as long as the broker does, so none of them is known to be dead. */
final class MemoryRegistry implements WorkerRegistry {
    private final Room room;

    MemoryRegistry(Room room) {
        this.room = room;
    }

    @Override
    public List<Registered> workers() {
        return room.with(tasks -> tasks.seats.all().stream()
                .map(seat -> new Registered(seat.spec, seat.seen, seat.leases.size()))
                .toList());
    }
}
