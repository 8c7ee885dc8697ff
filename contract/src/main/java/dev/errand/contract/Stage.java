package dev.errand.contract;

import dev.errand.Defaults;
import dev.errand.Errand;
import dev.errand.ErrandBuilder;
import dev.errand.broker.Broker;
import dev.errand.broker.BrokerContext;
import dev.errand.broker.Capability;
import dev.errand.broker.Profile;
import dev.errand.time.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.function.Consumer;

/**
 * What one test stands on: a broker of its own, and everything that was opened on it, which is closed at the end in reverse
 * order, come what may.
 */
final class Stage implements AutoCloseable {
    private final BrokerFixture fixture;
    private final Profile profile;
    private final BrokerInstance instance;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    Stage(BrokerFixture fixture, Profile profile) {
        this.fixture = fixture;
        this.profile = profile;
        this.instance = closing(fixture.create());
    }

    Profile profile() {
        return profile;
    }

    boolean can(Capability capability) {
        return profile.can(capability);
    }

    boolean has(Facility facility) {
        return fixture.facilities().contains(facility);
    }

    Duration takeOver() {
        return fixture.takeOver();
    }

    /** The broker's address for other processes. */
    String url() {
        return instance.url().orElseThrow(() -> new IllegalStateException("PROCESSES is claimed, but there is no URL"));
    }

    BrokerServer server() {
        return instance.server().orElseThrow(() -> new IllegalStateException("a server is claimed, but there is none"));
    }

    /** One more empty broker; whoever asks for it closes it. */
    BrokerInstance another() {
        return fixture.create();
    }

    /** One more connection. */
    Broker open(Time time) {
        return closing(instance.open(new BrokerContext(time, new Random(), Defaults.CRASH_LIMIT)));
    }

    /** A client with a broker connection and a clock of its own. */
    Errand connect(Consumer<ErrandBuilder> settings) {
        Time time = closing(Time.system());
        return connect(open(time), time, settings);
    }

    Errand connect(Broker broker, Time time, Consumer<ErrandBuilder> settings) {
        return closing(Errand.over(broker, settings.andThen(c -> c.time(time))));
    }

    /** Closes it with the stage. */
    <T extends AutoCloseable> T closing(T resource) {
        synchronized (opened) {
            opened.push(resource);
        }
        return resource;
    }

    @Override
    public void close() {
        AssertionError failed = null;
        while (true) {
            AutoCloseable next;
            synchronized (opened) {
                next = opened.poll();
            }
            if (next == null) {
                break;
            }
            try {
                next.close();
            } catch (Throwable t) {
                if (failed == null) {
                    failed = new AssertionError("closing after the test failed", t);
                } else {
                    failed.addSuppressed(t);
                }
            }
        }
        if (failed != null) {
            throw failed;
        }
    }
}
