package dev.errand.bench.report;

/** Times in milliseconds: half of all, 99 % of all, and all of them took at most so long. */
public record Quantiles(double p50, double p99, double max) {}
