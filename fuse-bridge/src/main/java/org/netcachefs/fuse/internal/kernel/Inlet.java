package org.netcachefs.fuse.internal.kernel;

import org.netcachefs.fuse.internal.Native;
import org.netcachefs.fuse.internal.protocol.Origin;

/** A descriptor requests come in by, and what their answers go out by. */
record Inlet(int descriptor, Origin origin) {
    /** The message's bytes are received at {@code address}; how many, or negative as of read(2). */
    long receive(long address, int room) {
        return Native.libc().read(descriptor, address, room);
    }
}
