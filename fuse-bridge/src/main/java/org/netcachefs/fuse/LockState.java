package org.netcachefs.fuse;

/** The answer to a lock query: the conflicting lock, or kind UNLOCK when there is none. */
public record LockState(LockRequest.Kind kind, long start, long endInclusive, int pid) {}
