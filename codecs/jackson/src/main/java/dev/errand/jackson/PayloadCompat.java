package dev.errand.jackson;

import dev.errand.AnyTaskType;
import dev.errand.TypeSpec;
import dev.errand.Upcaster;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Proves in your tests that today's code still reads the payloads that earlier versions of it have stored. A golden file, one
 * for each version of a task type's payload and kept with the tests, holds such a payload:
 *
 * <pre>{@code
 * PayloadCompat.write(Mail.CONFIRM, sample, Path.of("src/test/resources/golden"));  // once for each version, by hand
 * PayloadCompat.checkAll(Mail.CONFIRM, Path.of("src/test/resources/golden"));       // in a test, for ever
 * }</pre>
 *
 * A check lifts the payload by the type's upcasters, decodes it, encodes what came out and compares that with the file's
 * {@code expected}, or with the payload itself if there is none. Needs no test framework: it throws {@link AssertionError}.
 */
public final class PayloadCompat {
    private final JacksonCodec codec;

    private PayloadCompat(JacksonCodec codec) {
        this.codec = codec;
    }

    /** Checks one golden file: {@code golden/mail.confirm.v1.json} on the class path. */
    public static void check(AnyTaskType<?> type, String resource) {
        check(type, resource, new JacksonCodec());
    }

    /** The same with a codec of your own. */
    public static void check(AnyTaskType<?> type, String resource, JacksonCodec codec) {
        String path = resource.startsWith("/") ? resource.substring(1) : resource;
        ClassLoader loader = Optional.ofNullable(Thread.currentThread().getContextClassLoader())
                .orElseGet(ClassLoader::getSystemClassLoader);
        try (InputStream in = loader.getResourceAsStream(path)) {
            if (in == null) {
                throw missing(type, path + " on the class path");
            }
            new PayloadCompat(codec).check(type.spec(), GoldenFile.parse(in.readAllBytes(), path), path);
        } catch (IOException e) {
            throw new UncheckedIOException("The golden file " + path + " cannot be read", e);
        }
    }

    /** Checks one golden file. */
    public static void check(AnyTaskType<?> type, Path file) {
        check(type, file, new JacksonCodec());
    }

    /** The same with a codec of your own. */
    public static void check(AnyTaskType<?> type, Path file, JacksonCodec codec) {
        if (!Files.exists(file)) {
            throw missing(type, file.toString());
        }
        try {
            GoldenFile golden = GoldenFile.parse(Files.readAllBytes(file), file.toString());
            new PayloadCompat(codec).check(type.spec(), golden, file.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("The golden file " + file + " cannot be read", e);
        }
    }

    /** Checks the golden files of all versions that the type has had, 1 to today's; each must be there. */
    public static void checkAll(AnyTaskType<?> type, Path folder) {
        checkAll(type, folder, new JacksonCodec());
    }

    /** The same with a codec of your own. */
    public static void checkAll(AnyTaskType<?> type, Path folder, JacksonCodec codec) {
        for (int version = 1; version <= type.spec().version(); version++) {
            check(type, folder.resolve(fileName(type, version)), codec);
        }
    }

    /**
     * Writes the golden file of the type's present version. Never overwrites one: payloads like the one in it are stored.
     *
     * @param sample a payload with every field set, so that the loss of any is seen
     * @return the file
     */
    public static <P> Path write(AnyTaskType<P> type, P sample, Path folder) {
        return write(type, sample, folder, new JacksonCodec());
    }

    /** The same with a codec of your own. */
    public static <P> Path write(AnyTaskType<P> type, P sample, Path folder, JacksonCodec codec) {
        TypeSpec<P> spec = type.spec();
        requireJson(spec);
        Path file = folder.resolve(fileName(type, spec.version()));
        String text;
        try {
            JsonNode payload = JsonTree.read(codec.encode(sample, spec.payloadType()));
            text = new GoldenFile(spec.name(), spec.version(), payload, Optional.empty()).text();
        } catch (InvalidJsonException e) {
            throw new AssertionError(
                    "Task type " + spec.name() + ": the codec does not write JSON: " + e.getMessage(), e);
        }
        try {
            if (Files.exists(file)) {
                if (Files.readString(file).equals(text)) {
                    return file;
                }
                throw new AssertionError(
                        "The golden file " + file + " exists and differs from what today's code writes. If the"
                                + " payload has changed, raise its version with upcast(" + spec.version()
                                + ", …) and write again; delete the file only if no task of version " + spec.version()
                                + " was ever stored");
            }
            Files.createDirectories(folder);
            return Files.write(file, text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("The golden file " + file + " cannot be written", e);
        }
    }

    /** {@code mail.confirm.v1.json}, with what no file system likes replaced. */
    private static String fileName(AnyTaskType<?> type, int version) {
        return type.name().replaceAll("[^\\p{L}\\p{N}._-]", "_") + ".v" + version + ".json";
    }

    private static AssertionError missing(AnyTaskType<?> type, String where) {
        return new AssertionError("Task type " + type.name() + ": there is no golden file " + where
                + ". Write the one of the present version once with PayloadCompat.write(type, sample, folder) and keep it"
                + " under version control; that of an older version has to be written by the code of that time, or by hand"
                + " from a stored payload");
    }

    private static void requireJson(TypeSpec<?> spec) {
        Type payload = spec.payloadType();
        if (payload == String.class || payload == byte[].class) {
            throw new AssertionError("Task type " + spec.name() + " carries " + payload.getTypeName()
                    + ", which travels as it is: there is no JSON to check");
        }
    }

    private void check(TypeSpec<?> spec, GoldenFile golden, String source) {
        requireJson(spec);
        if (!golden.type().equals(spec.name()) && !spec.aliases().contains(golden.type())) {
            throw new AssertionError(
                    "The golden file " + source + " is of task type " + golden.type() + ", not of " + spec.name()
                            + "; if the type was renamed, keep its old name with alias(\"" + golden.type() + "\")");
        }
        if (golden.version() < 1 || golden.version() > spec.version()) {
            throw new AssertionError("The golden file " + source + " is of version " + golden.version()
                    + ", but task type " + spec.name() + " is at " + spec.version()
                    + ": was an upcaster taken away? Stored tasks still need it");
        }
        JsonNode seen = decoded(spec, golden, source);
        List<String> differences = JsonDifference.between(golden.expected().orElse(golden.payload()), seen);
        if (!differences.isEmpty()) {
            throw new AssertionError(told(spec, golden, source, seen, differences));
        }
    }

    private JsonNode decoded(TypeSpec<?> spec, GoldenFile golden, String source) {
        byte[] bytes = JsonTree.write(golden.payload());
        int version = golden.version();
        try {
            for (; version < spec.version(); version++) {
                Upcaster upcaster = spec.upcasters().get(version);
                bytes = upcaster == null ? bytes : upcaster.upcast(bytes);
            }
        } catch (Exception e) {
            throw new AssertionError(
                    "Task type " + spec.name() + ": the upcaster from version " + version
                            + " fails on the payload of version " + golden.version() + " in " + source + ": " + e,
                    e);
        }
        try {
            Object value = codec.decode(bytes, spec.payloadType());
            return JsonTree.read(codec.encode(value, spec.payloadType()));
        } catch (Exception e) {
            throw new AssertionError(
                    "Task type " + spec.name() + ": the payload of version " + golden.version() + " in " + source
                            + " cannot be decoded as " + spec.payloadType().getTypeName() + " any more: " + e
                            + ". Lift it with upcast(" + golden.version()
                            + ", JsonUpcast.of(…)), or take the change back"
                            + "\n  the payload as lifted: " + new String(bytes, StandardCharsets.UTF_8),
                    e);
        }
    }

    private static String told(
            TypeSpec<?> spec, GoldenFile golden, String source, JsonNode seen, List<String> differences) {
        JsonNode expected = JsonNodeFactory.instance.objectNode().set("expected", seen);
        return "Task type " + spec.name() + ": a stored payload of version " + golden.version() + " (" + source
                + ") is not read as expected:\n  - " + String.join("\n  - ", differences)
                + "\nIf stored payloads would suffer, lift them with upcast(" + golden.version()
                + ", JsonUpcast.of(…)), or take the change back. If this is meant, let the file say so:\n"
                + JsonTree.pretty(expected);
    }
}
