package dev.errand.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Who runs the command, for the record of what was changed. */
final class Who {
    private Who() {}

    static String runsThis() {
        String user = System.getProperty("user.name", "?");
        String behind = System.getenv("SUDO_USER");
        return (behind == null || behind.equals(user) ? user : behind + " as " + user) + "@" + host();
    }

    /** Without a look into the network where that can be avoided: it may take seconds. */
    private static String host() {
        String named = firstLine(Path.of("/proc/sys/kernel/hostname"));
        if (named != null) {
            return named;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    private static @Nullable String firstLine(Path file) {
        try {
            String line = Files.readString(file).strip();
            return line.isEmpty() ? null : line;
        } catch (IOException e) {
            return null;
        }
    }
}
