package org.netcachefs.arch.planted.store;

import org.netcachefs.arch.planted.fuse.Bridge;

/** Violation: the two lower modules never see each other. */
public final class SeesFuse {
    public Bridge bridge = new Bridge();
}
