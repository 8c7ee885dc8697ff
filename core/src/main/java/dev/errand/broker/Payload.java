package dev.errand.broker;

import java.util.Arrays;

/**
 * A payload or result as it travels: bytes that the broker never looks into.
 *
 * <p>The array is shared, not copied: whoever hands it over gives it away.
 *
 * @param bytes the encoded value
 * @param contentType a media type such as {@code application/json}
 * @param version the payload's schema version, from 1
 */
public record Payload(byte[] bytes, String contentType, int version) {
    /** No bytes at all, as a foreign producer may send. */
    public static final Payload EMPTY = new Payload(new byte[0], "application/octet-stream", 1);

    /** The number of bytes. */
    public int size() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Payload p
                && version == p.version
                && contentType.equals(p.contentType)
                && Arrays.equals(bytes, p.bytes);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(bytes) + contentType.hashCode();
    }

    /** Names size, type and version; never the content. */
    @Override
    public String toString() {
        return bytes.length + " bytes of " + contentType + " v" + version;
    }
}
