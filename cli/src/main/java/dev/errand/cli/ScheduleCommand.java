package dev.errand.cli;

import dev.errand.Errand;
import dev.errand.Schedules;

/** A command that works on schedules. */
abstract class ScheduleCommand extends BrokerCommand {
    /** Does the work; answers the exit code. */
    abstract int run(Session session, Schedules schedules);

    @Override
    final int run(Session session) {
        World world = session.world();
        try (Errand errand = Errand.over(
                session.broker(),
                settings ->
                        settings.codec(new RawJson.Codec()).time(world.time()).random(world.random()))) {
            return run(session, errand.schedules());
        }
    }

    static String unknown(String name) {
        return "there is no schedule " + name + "; ./errand schedules list shows those there are";
    }
}
