package org.netcachefs.store;

/** What is kept with a cookie and compared with upstream: size in bytes, modification and change time in nanoseconds since 1970. (Identity is the node's {@link ObjectKey}.) */
public record CoherencyData(long size, long modifiedNanos, long changedNanos) {}
