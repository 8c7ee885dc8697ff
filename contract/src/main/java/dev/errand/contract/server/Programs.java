package dev.errand.contract.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Programs of this machine, by name. */
final class Programs {
    private Programs() {}

    /** Looks on the PATH and where systems put what users do not call. */
    static Optional<Path> find(String name) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.concat(
                        Stream.of(path.split(":")),
                        Stream.of("/usr/bin", "/usr/local/bin", "/usr/sbin", "/usr/local/go/bin"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
