package dev.errand.sql;

import dev.errand.broker.Upkeep;
import java.time.Instant;
import java.util.Optional;

/** The chores. Each looks by reading first, so that there is no write when there is nothing to do. */
final class SqlUpkeep implements Upkeep {
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
        boolean needed = broker.readers()
                .read(session ->
                        pruning.look(session, limits, Millis.of(broker.time().now())));
        return needed ? broker.writer().call(max, tx -> pruning.prune(tx, limits, max)) : new Pruned(0, 0);
    }
}
