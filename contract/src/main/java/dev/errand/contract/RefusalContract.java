package dev.errand.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.errand.CapabilityException;
import dev.errand.ConfigurationException;
import dev.errand.Errand;
import dev.errand.Schedule;
import dev.errand.TaskId;
import dev.errand.TaskType;
import dev.errand.broker.Broker;
import dev.errand.broker.Capability;
import dev.errand.broker.DeadLetters;
import dev.errand.broker.Durability;
import dev.errand.broker.Profile;
import dev.errand.broker.QueueStats;
import dev.errand.broker.TaskFilter;
import dev.errand.broker.TaskStore;
import dev.errand.broker.WorkerRegistry;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a broker cannot do is refused when the application starts, and what it claims it has. */
abstract class RefusalContract extends EngineContract {
    /** The same broker, with another profile. */
    private static final class Narrowed extends ForwardingBroker {
        private final Profile profile;

        Narrowed(Broker target, Profile profile) {
            super(target);
            this.profile = profile;
        }

        @Override
        public Profile profile() {
            return profile;
        }
    }

    private Broker without(Capability missing) {
        Profile real = broker.profile();
        // Everything else, whatever the broker has: a type may need several, and the refusal is to name this one.
        Set<Capability> left = EnumSet.complementOf(EnumSet.of(missing));
        return new Narrowed(
                broker,
                new Profile(real.name(), left, real.durability(), real.granularity(), real.dueClock(), real.maxRun()));
    }

    private Errand connectWithout(Capability missing) {
        return stage.connect(without(missing), time, c -> {});
    }

    @Test
    @Needs(Capability.SCHEDULES)
    void aScheduleNeedsABrokerThatKeepsSchedules() {
        Errand narrow = connectWithout(Capability.SCHEDULES);
        Schedule<String> schedule = Schedule.of("s", type("t"), "x").every(Duration.ofHours(1));
        assertThatThrownBy(() -> narrow.schedules().list())
                .isInstanceOf(CapabilityException.class)
                .hasMessageContaining("SCHEDULES");
        assertThatThrownBy(() -> narrow.worker()
                        .handle(type("t"), (payload, task) -> {})
                        .schedule(schedule)
                        .start())
                .isInstanceOf(CapabilityException.class)
                .hasMessageContaining("SCHEDULES");
        assertThatThrownBy(() -> connectWithout(Capability.FIND).schedules().create(schedule))
                .isInstanceOf(CapabilityException.class)
                .hasMessageContaining("The schedule s")
                .hasMessageContaining("FIND");
    }

    @ParameterizedTest
    @EnumSource
    void aRequiredCapabilityThatIsMissingIsRefusedAtTheStart(Capability capability) {
        assertThatThrownBy(() -> stage.connect(without(capability), time, c -> c.require(capability)))
                .isInstanceOf(CapabilityException.class)
                .hasMessageContaining(capability.name())
                .hasMessageContaining(broker.profile().name());
    }

    @ParameterizedTest
    @EnumSource
    void whatTheBrokerDeclaresMayBeRequired(Capability capability) {
        if (stage.can(capability)) {
            assertThatCode(() -> stage.connect(broker, time, c -> c.require(capability)))
                    .doesNotThrowAnyException();
        } else {
            assertThatThrownBy(() -> stage.connect(broker, time, c -> c.require(capability)))
                    .isInstanceOf(CapabilityException.class);
        }
    }

    @Test
    void aDurabilityThatIsMissingIsRefusedAtTheStart() {
        Durability own = broker.profile().durability();
        assertThatCode(() -> stage.connect(broker, time, c -> c.require(own))).doesNotThrowAnyException();
        for (Durability asked : Durability.values()) {
            if (!own.covers(asked)) {
                assertThatThrownBy(() -> stage.connect(broker, time, c -> c.require(asked)))
                        .isInstanceOf(ConfigurationException.class)
                        .hasMessageContaining(asked.name());
            }
        }
    }

    @Test
    void aUniqueTypeIsRefusedByWorkersAndCallers() {
        refusesType(Capability.UNIQUE, type("u").unique(Duration.ofHours(1)));
    }

    @Test
    void aTypeWithARetentionIsRefusedByWorkersAndCallers() {
        refusesType(Capability.RETENTION, type("r").retention(Duration.ofHours(1)));
    }

    @Test
    void aTypeWithAResultIsRefusedByWorkersAndCallers() {
        Errand narrow = connectWithout(Capability.RESULTS);
        var returning = type("q").returning(String.class);
        assertThatThrownBy(() -> narrow.enqueue(returning, "x"))
                .isInstanceOf(CapabilityException.class)
                .hasMessageContaining("RESULTS");
        assertThatThrownBy(() -> narrow.worker()
                        .handle(returning, (payload, task) -> payload)
                        .start())
                .isInstanceOf(CapabilityException.class);
        assertThat(errand.queues().depth("default")).isZero();
    }

    private void refusesType(Capability needed, TaskType<String> type) {
        Errand narrow = connectWithout(needed);
        assertThatThrownBy(() -> narrow.enqueue(type, "x"))
                .isInstanceOf(CapabilityException.class)
                .hasMessageContaining(needed.name())
                .hasMessageContaining(type.name());
        assertThatThrownBy(() ->
                        narrow.worker().handle(type, (payload, task) -> {}).start())
                .isInstanceOf(CapabilityException.class);
        assertThat(errand.queues().depth("default")).isZero();
    }

    @Test
    void whatTheTypeDoesNotDeclareIsRefusedOnEveryBroker() {
        assertThatThrownBy(() -> errand.enqueue(type("plain"), "x", o -> o.uniqueKey("key")))
                .isInstanceOf(CapabilityException.class);
        assertThatThrownBy(() -> errand.enqueue(type("plain"), "x", o -> o.retention(Duration.ofHours(1))))
                .isInstanceOf(CapabilityException.class);
        assertThat(errand.queues().depth("default")).isZero();
    }

    @Test
    void singleTasksAreRefusedWithoutTheirCapability() {
        TaskId id = TaskId.of("x");
        assertThatThrownBy(() -> connectWithout(Capability.FIND).tasks().find(id))
                .isInstanceOf(CapabilityException.class)
                .hasMessageContaining("FIND");
        assertThatThrownBy(() -> connectWithout(Capability.LIST).tasks().list(TaskFilter.ALL, Optional.empty(), 10))
                .isInstanceOf(CapabilityException.class);
        assertThatThrownBy(
                        () -> connectWithout(Capability.CANCEL_WAITING).tasks().cancel(id, "no"))
                .isInstanceOf(CapabilityException.class);
        assertThatThrownBy(() -> connectWithout(Capability.RUN_NOW).tasks().runNow(id))
                .isInstanceOf(CapabilityException.class);
        assertThatThrownBy(() -> connectWithout(Capability.WORKER_REGISTRY).workers())
                .isInstanceOf(CapabilityException.class);
    }

    @Test
    void aTimeoutLongerThanABrokerCanHoldATaskIsRefusedAtTheStart() {
        Profile real = broker.profile();
        Broker brief = new Narrowed(
                broker,
                new Profile(
                        real.name(),
                        real.capabilities(),
                        real.durability(),
                        real.granularity(),
                        real.dueClock(),
                        Optional.of(Duration.ofMinutes(1))));
        Errand narrow = stage.connect(brief, time, c -> {});
        assertThatThrownBy(() -> narrow.worker()
                        .handle(type("long").timeout(Duration.ofMinutes(2)), (payload, task) -> {})
                        .start())
                .isInstanceOf(CapabilityException.class)
                .hasMessageContaining("PT2M");
    }

    @Test
    void whatIsClaimedHasItsPart() {
        assertThat(broker.extension(DeadLetters.class)).isPresent();
        assertThat(broker.extension(QueueStats.class)).isPresent();
        for (Capability capability : Capability.values()) {
            Optional<Class<?>> part = partOf(capability);
            if (part.isPresent() && stage.can(capability)) {
                assertThat(broker.extension(part.get())).as(capability.name()).isPresent();
            }
        }
        assertThat(broker.profile().granularity()).isPositive();
        assertThat(broker.profile().name()).isNotBlank().isLowerCase();
    }

    private static Optional<Class<?>> partOf(Capability capability) {
        return switch (capability) {
            case FIND, LIST, CANCEL_WAITING, CANCEL_ACTIVE, RUN_NOW, RESULTS, RETENTION -> Optional.of(TaskStore.class);
            case WORKER_REGISTRY -> Optional.of(WorkerRegistry.class);
            default -> Optional.empty();
        };
    }

    @Test
    void statisticsThatAreNotClaimedAreRefused() {
        QueueStats stats = broker.extension(QueueStats.class).orElseThrow();
        if (!stage.can(Capability.COUNTS)) {
            assertThatThrownBy(() -> stats.counts("default")).isInstanceOf(CapabilityException.class);
        }
        if (!stage.can(Capability.OLDEST_AGE)) {
            assertThatThrownBy(() -> stats.oldestReady("default")).isInstanceOf(CapabilityException.class);
        }
        if (stage.can(Capability.COUNTS) && stage.can(Capability.OLDEST_AGE)) {
            assertThat(stats.counts("default")).isEmpty();
            assertThat(stats.oldestReady("default")).isEmpty();
        }
    }
}
