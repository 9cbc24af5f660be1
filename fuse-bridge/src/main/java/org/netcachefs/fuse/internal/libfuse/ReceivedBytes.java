package org.netcachefs.fuse.internal.libfuse;

import java.nio.ByteBuffer;
import jnr.ffi.Pointer;
import org.netcachefs.fuse.OwnedBuffer;

/** The bytes of a write, in the receiver's own buffer {@code memory}, which is kept as long as this is not closed. Thread-safe. */
final class ReceivedBytes implements OwnedBuffer {
    private final Pointer memory;
    private final ByteBuffer bytes;
    private volatile boolean closed;

    ReceivedBytes(Pointer memory, long address, int length) {
        this.memory = memory;
        this.bytes = Native.MEMORY.newDirectByteBuffer(address, length);
    }

    @Override
    public ByteBuffer bytes() {
        if (closed) {
            throw new IllegalStateException("the bytes of the request at " + memory + " were given back");
        }
        return bytes;
    }

    @Override
    public void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }
}
