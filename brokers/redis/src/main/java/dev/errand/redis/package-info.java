/**
 * Tasks in Redis, in the format of Go's asynq, so that its clients, workers and tools share them. {@link
 * dev.errand.redis.RedisProvider} is found by URL; the rest is nobody's business.
 */
@NullMarked
package dev.errand.redis;

import org.jspecify.annotations.NullMarked;
