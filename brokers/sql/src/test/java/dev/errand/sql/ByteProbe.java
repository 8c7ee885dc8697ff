package dev.errand.sql;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Another process's look at one byte of a file: ends with 0 if it is free, with 1 if it is locked. */
final class ByteProbe {
    private ByteProbe() {}

    /** The file, and the place in it. */
    public static void main(String[] args) throws IOException {
        try (FileChannel file = FileChannel.open(Path.of(args[0]), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            FileLock free = file.tryLock(Long.parseLong(args[1]), 1, false);
            System.exit(free == null ? 1 : 0);
        }
    }

    /** Whether the byte is locked, asked of a process of its own. */
    static boolean isLocked(Path file, long place) throws Exception {
        String classes = Path.of(ByteProbe.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .toString();
        Process probe = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classes,
                        ByteProbe.class.getName(),
                        file.toString(),
                        Long.toString(place))
                .inheritIO()
                .start();
        int answer = probe.waitFor();
        if (answer > 1) {
            throw new IllegalStateException("the probe ended with " + answer);
        }
        return answer == 1;
    }
}
