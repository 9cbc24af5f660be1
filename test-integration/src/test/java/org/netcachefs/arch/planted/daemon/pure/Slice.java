package org.netcachefs.arch.planted.daemon.pure;

/** A value. */
public record Slice(long start, long length) {}
