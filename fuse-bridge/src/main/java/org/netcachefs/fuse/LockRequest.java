package org.netcachefs.fuse;

/** A POSIX or flock lock: byte range {@code start..endInclusive}, {@code kind} one of the F_* values, {@code flock} for flock(2), {@code blocking} for the waiting form. */
public record LockRequest(
        Caller caller,
        long node,
        long handle,
        long owner,
        long start,
        long endInclusive,
        Kind kind,
        boolean flock,
        boolean blocking) {
    /** F_RDLCK, F_WRLCK, F_UNLCK. */
    public enum Kind {
        READ,
        WRITE,
        UNLOCK
    }
}
