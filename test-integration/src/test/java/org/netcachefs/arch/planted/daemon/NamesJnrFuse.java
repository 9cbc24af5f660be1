package org.netcachefs.arch.planted.daemon;

import ru.serce.jnrfuse.struct.FuseFileInfo;

/** Violation: libfuse's structs outside the transport. */
public interface NamesJnrFuse {
    void take(FuseFileInfo info);
}
