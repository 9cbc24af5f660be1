package org.netcachefs.arch.planted.cli;

import org.netcachefs.arch.planted.store.Cache;

/** Violation: cli passes the daemon by. */
public final class SeesStore {
    public Cache cache = new Cache();
}
