package dev.errand;

/** What became of one event of many that were published. */
public sealed interface PublishAnswer permits Published, Refused {}
