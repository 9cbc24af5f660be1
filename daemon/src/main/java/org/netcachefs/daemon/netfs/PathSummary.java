package org.netcachefs.daemon.netfs;

import java.util.OptionalLong;
import org.netcachefs.fuse.FileType;

/**
 * What is known of a path without asking upstream. Sizes in bytes; {@code checkedUnixNanos} is empty when it was not
 * compared with upstream since the daemon started; of a directory {@code cachedBytes} is the sum of
 * the files below.
 */
public record PathSummary(
        FileType type,
        long sizeBytes,
        long cachedBytes,
        Validity validity,
        OptionalLong checkedUnixNanos,
        boolean pinned,
        int openHandles,
        Below below) {
    /** The known files below a directory: how many, how many of them with something cached, and the sum of their sizes. */
    public record Below(long files, long cachedFiles, long bytes) {}

    /** How far what is cached can be believed. */
    public enum Validity {
        /** Compared with upstream, and upstream is still believed. */
        VALID,
        /** Cached, but to be compared before it is trusted. */
        UNCHECKED,
        /** Upstream is known to differ. */
        STALE,
        /** Nothing is cached. */
        ABSENT
    }
}
