package org.netcachefs.arch.planted.fuse;

import jnr.ffi.Pointer;
import ru.serce.jnrfuse.struct.FuseFileInfo;

/** Allowed: the transport is native. */
public final class Bridge {
    public void take(Pointer pointer, FuseFileInfo info) {}
}
