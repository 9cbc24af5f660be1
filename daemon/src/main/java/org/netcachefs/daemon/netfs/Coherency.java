package org.netcachefs.daemon.netfs;

/** When cached content is compared with upstream. */
public enum Coherency {
    /** At each open; open files keep what they saw. */
    CLOSE_TO_OPEN,
    /** At an open, if the last comparison is older than the configured time. */
    TTL,
    /** Once, when a file is first seen. */
    IMMUTABLE,
    /** At each open and each read, and never answered unchecked. */
    STRICT
}
