package org.netcachefs.arch.planted.daemon;

import org.netcachefs.arch.planted.store.internal.Index;

/** Violation: another module's internal package. */
public final class SeesInternal {
    public Index index = new Index();
}
