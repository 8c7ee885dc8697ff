package dev.errand.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;

/** The Lua scripts, each one atomic step within one slot. What each takes and answers stands at its head. */
enum Script {
    ADOPT,
    AHEAD,
    ARRIVE,
    AWAIT,
    CANCEL,
    COUNTS,
    DEAD,
    DELETE,
    DONE,
    DROPSCHEDULE,
    ENQUEUE,
    FIRED,
    GIVEBACK,
    HELD,
    KEEP,
    KEPT,
    LAPSED,
    LOCK,
    MOVE,
    NOTE,
    OLDEST,
    PAGE,
    PROMOTE,
    PRUNE,
    PUTSCHEDULE,
    REDRIVE,
    RENEW,
    REWRITE,
    RUN,
    SETTLE,
    SHOW,
    SHOWSCHEDULES,
    SWEEP,
    TAKE,
    TAKEBACK,
    TAKESOME,
    UNIQUE,
    UNLOCK;

    private final String source;
    private final String digest;

    Script() {
        source = read("lib") + read(name().toLowerCase(Locale.ROOT));
        try {
            digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-1").digest(source.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    private static String read(String name) {
        try (InputStream in = Objects.requireNonNull(
                Script.class.getResourceAsStream(name + ".lua"), () -> "there is no script " + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String source() {
        return source;
    }

    /** What EVALSHA calls it. */
    String digest() {
        return digest;
    }
}
