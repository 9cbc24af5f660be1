package org.netcachefs.arch.planted.store;

import org.netcachefs.arch.planted.store.internal.Index;

/** Allowed: opens the door to its own internal half. */
public class Cache {
    public Object open() {
        return new Index();
    }
}
