package org.netcachefs.daemon.upstream;

/** What becomes of calls that need upstream once it has been unreachable for {@code unreachable-after}. */
public enum UnreachablePolicy {
    /** They fail with {@code unreachable-errno}. */
    ERROR,
    /** They wait without limit. */
    WAIT,
    /** What is cached is shown unchecked; what is not fails as with {@link #ERROR}. */
    STALE
}
