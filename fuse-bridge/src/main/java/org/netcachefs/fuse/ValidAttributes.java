package org.netcachefs.fuse;

/** Attributes and for how many nanoseconds (≥ 0) the kernel may use them without asking again. */
public record ValidAttributes(Attributes attributes, long validNanos) {}
