package org.netcachefs.store;

/** The cache could not do it. Never fails a read: the reader goes upstream. The message is one line: file, what, remedy. */
public class CacheException extends Exception {
    private static final long serialVersionUID = 1;

    /** Why, for exit codes and health. */
    public enum Reason {
        /** Another process holds the lock; the message names its pid. */
        IN_USE,
        /** Another format version or block size. */
        OTHER_FORMAT,
        /** Superblock, data or index do not hold what they should. */
        DAMAGED,
        /** A directory or data file that was never a cache's and holds something. */
        NOT_OURS,
        /** The size is missing, too small or larger than the disk. */
        SIZE,
        /** Not allowed, or writable by another user. */
        PERMISSION,
        /** The disk is full. */
        FULL,
        /** The disk failed. */
        IO,
        /** The disk did not answer in time, or the store's circuit is open. */
        TIMEOUT,
        /** The cache is closed or OFFLINE. */
        OFFLINE
    }

    private final Reason reason;

    public CacheException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public CacheException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
