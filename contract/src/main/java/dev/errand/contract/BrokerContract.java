package dev.errand.contract;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Every behaviour that a broker owes. A broker's author extends it with one class, named {@code …Test} if it is quick and
 * needs no server, {@code …IT} otherwise:
 *
 * {@snippet :
 * class MyBrokerContractIT extends BrokerContract {
 *   @Override
 *   protected BrokerFixture fixture() {
 *     return new MyBrokerFixture();
 *   }
 * }
 * }
 *
 * Each nested class is a subject. A test whose {@link dev.errand.broker.Capability} the broker does not declare, or whose
 * {@link Facility} the fixture does not have, is skipped with the reason. What was found is written to
 * {@code target/contract/<broker>.tsv}, from which {@link GuaranteeTable} makes the table for the documentation.
 */
@ExtendWith(Referee.class)
public abstract class BrokerContract {
    /** For subclasses. */
    protected BrokerContract() {}

    /** The broker; called once for a run of the class. */
    protected abstract BrokerFixture fixture();

    @Nested
    class Enqueue extends EnqueueContract {}

    @Nested
    class Take extends TakeContract {}

    @Nested
    class Settle extends SettleContract {}

    @Nested
    class Leases extends LeaseContract {}

    @Nested
    class Delay extends DelayContract {}

    @Nested
    class DeadLetters extends DeadLetterContract {}

    @Nested
    class Unique extends UniqueContract {}

    @Nested
    class Cancel extends CancelContract {}

    @Nested
    class Store extends StoreContract {}

    @Nested
    class Debounce extends DebounceContract {}

    @Nested
    class Records extends RecordsContract {}

    @Nested
    class Steps extends StepContract {}

    @Nested
    class Pause extends PauseContract {}

    @Nested
    class Edit extends EditContract {}

    @Nested
    class Filters extends FilterContract {}

    @Nested
    class Stats extends StatsContract {}

    @Nested
    class Retention extends RetentionContract {}

    @Nested
    class Retries extends RetryContract {}

    @Nested
    class Queues extends QueueContract {}

    @Nested
    class CancelRun extends CancelRunContract {}

    @Nested
    class Results extends ResultContract {}

    @Nested
    class HostileInput extends HostileInputContract {}

    @Nested
    class Handlers extends HandlerContract {}

    @Nested
    class Stop extends StopContract {}

    @Nested
    class Outage extends OutageContract {}

    @Nested
    class Refusal extends RefusalContract {}

    @Nested
    class Load extends LoadContract {}

    @Nested
    class StoredSchedules extends ScheduleStoreContract {}

    @Nested
    class Schedules extends ScheduleContract {}

    @Nested
    class ScheduleProcesses extends ScheduleProcessContract {}

    @Nested
    class Events extends EventContract {}

    @Nested
    class EventRuns extends EventRunContract {}

    @Nested
    class Crash extends CrashContract {}

    @Nested
    class Server extends ServerContract {}

    @Nested
    class Model extends ModelContract {}
}
