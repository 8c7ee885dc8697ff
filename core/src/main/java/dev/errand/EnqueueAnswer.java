package dev.errand;

/** What became of one task of a bulk enqueue. */
public sealed interface EnqueueAnswer permits EnqueueResult, Refused {}
