package org.netcachefs.arch.planted.fuse;

import org.netcachefs.arch.planted.store.Cache;

/** Violation: the two lower modules never see each other. */
public final class SeesStore {
    public Cache cache = new Cache();
}
