package org.netcachefs.arch.planted.daemon;

import org.netcachefs.arch.planted.fuse.Bridge;
import org.netcachefs.arch.planted.store.Cache;

/** Allowed: the daemon joins transport and cache. */
public final class Service {
    public final Bridge bridge = new Bridge();
    public final Cache cache = new Cache();
}
