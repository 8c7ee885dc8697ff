package dev.errand.rabbitmq;

import java.util.Locale;
import java.util.Set;

/** The names of the headers: CloudEvents attributes as AMQP 1.0's binding writes them, ours among them as extensions. */
final class Fields {
    static final String PREFIX = "cloudEvents:";
    /** The other way to write it, for clients that allow no colon. */
    static final String OTHER_PREFIX = "cloudEvents_";

    static final String SPEC_VERSION = "specversion";
    static final String ID = "id";
    static final String SOURCE = "source";
    static final String TYPE = "type";
    static final String TIME = "time";
    static final String CONTENT_TYPE = "datacontenttype";
    static final String PARTITION_KEY = "partitionkey";

    static final String QUEUE = "errandqueue";
    static final String VERSION = "errandversion";
    static final String PRIORITY = "errandpriority";
    static final String NOT_BEFORE = "errandnotbefore";
    static final String DUE = "erranddue";
    static final String DEADLINE = "erranddeadline";
    static final String ATTEMPTS = "errandattempts";
    static final String CRASHES = "errandcrashes";
    static final String ERRORS = "erranderrors";
    static final String TAKES = "errandtakes";
    static final String MAX_ATTEMPTS = "errandmaxattempts";
    static final String TIMEOUT = "errandtimeout";
    static final String RETENTION = "errandretention";
    static final String EXPLICIT = "errandexplicit";
    static final String PARENT = "errandparent";
    static final String WORKFLOW = "errandworkflow";
    static final String HEADERS = "errandheaders";
    static final String EXTENSIONS = "errandextensions";
    static final String ENDED = "errandended";
    static final String CAUSE = "errandcause";
    static final String REASON = "errandreason";

    private static final Set<String> KNOWN = Set.of(
            SPEC_VERSION,
            ID,
            SOURCE,
            TYPE,
            TIME,
            CONTENT_TYPE,
            PARTITION_KEY,
            QUEUE,
            VERSION,
            PRIORITY,
            NOT_BEFORE,
            DUE,
            DEADLINE,
            ATTEMPTS,
            CRASHES,
            ERRORS,
            TAKES,
            MAX_ATTEMPTS,
            TIMEOUT,
            RETENTION,
            EXPLICIT,
            PARENT,
            WORKFLOW,
            HEADERS,
            EXTENSIONS,
            ENDED,
            CAUSE,
            REASON);

    /** What the server itself adds, and what must not be sent to it again. */
    private static final Set<String> SERVERS = Set.of(
            "x-death",
            "x-first-death-exchange",
            "x-first-death-queue",
            "x-first-death-reason",
            "x-last-death-exchange",
            "x-last-death-queue",
            "x-last-death-reason",
            "x-delivery-count",
            "x-acquired-count",
            "cc",
            "bcc");

    private Fields() {}

    static boolean isAttribute(String header) {
        return header.startsWith(PREFIX) || header.startsWith(OTHER_PREFIX);
    }

    /** The attribute's name, of a header that {@link #isAttribute}. */
    static String attribute(String header) {
        return header.substring(PREFIX.length());
    }

    static boolean isKnown(String attribute) {
        return KNOWN.contains(attribute);
    }

    static boolean isServers(String header) {
        return SERVERS.contains(header.toLowerCase(Locale.ROOT));
    }
}
