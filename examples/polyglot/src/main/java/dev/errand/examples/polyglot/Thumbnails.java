package dev.errand.examples.polyglot;

import dev.errand.ReturningTaskType;
import dev.errand.TaskType;
import java.time.Duration;

/** What both languages agree on: a name, a queue, and JSON. */
interface Thumbnails {
    /** In Go: {@code asynq.NewTask("thumbnail.make", …)} with {@code asynq.Queue("thumbnails")}. */
    ReturningTaskType<Photo, Thumbnail> MAKE = TaskType.of("thumbnail.make", Photo.class)
            .queue("thumbnails")
            .timeout(Duration.ofSeconds(30))
            .retention(Duration.ofHours(1))
            .returning(Thumbnail.class);

    /**
     * The payload.
     *
     * @param width of the thumbnail in pixels
     */
    record Photo(String file, int width) {}

    /**
     * The result.
     *
     * @param madeBy the language of the worker
     */
    record Thumbnail(String file, String madeBy) {}
}
