package dev.errand.sql;

import dev.errand.broker.Upkeep;
import java.time.Instant;
import java.util.Optional;

/** The chores. Each looks by reading first, so that there is no write when there is nothing to do. */
final class SqlUpkeep implements Upkeep {
    /** At most so many keys in a round: 100,000 of the janitor's slices of 1,000. */
    private static final int MOST_KEY_SLICES = 100;

    private final SqlBroker broker;
    private final Recovering recovering;
    private final Pruning pruning = new Pruning();

    SqlUpkeep(SqlBroker broker, Recovering recovering) {
        this.broker = broker;
        this.recovering = recovering;
    }

    @Override
    public Due promote(int max) {
        Optional<Instant> next = broker.readers().read(Promoting::next);
        if (next.isEmpty() || next.get().isAfter(broker.time().now())) {
            return new Due(0, next);
        }
        return broker.writer().call(max, tx -> Promoting.promote(tx, max));
    }

    @Override
    public int recover(int max) {
        boolean needed = broker.readers()
                .read(session ->
                        recovering.look(session, Millis.of(broker.time().now())));
        return needed ? broker.writer().call(max, tx -> recovering.recover(tx, max)) : 0;
    }

    @Override
    public Pruned prune(DeadLetterLimits limits, int max) {
        Instant now = broker.time().now();
        pruneKeys(now, max);
        Pruning.Found found = broker.readers().read(session -> pruning.look(session, limits, Millis.of(now), max));
        return found.isNothing() ? new Pruned(0, 0) : broker.writer().call(max, tx -> Pruning.prune(tx, found, max));
    }

    /** Keys do not count as tasks, so all that there are go at once, in commits of a slice each that let others in between. */
    private void pruneKeys(Instant now, int max) {
        boolean more = broker.readers().read(session -> Pruning.lookForKeys(session, Millis.of(now)));
        for (int i = 0; more && i < MOST_KEY_SLICES; i++) {
            more = broker.writer().call(max, tx -> UniqueKeys.prune(tx, max)) >= max;
        }
    }
}
