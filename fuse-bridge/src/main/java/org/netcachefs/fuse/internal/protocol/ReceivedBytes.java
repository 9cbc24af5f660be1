package org.netcachefs.fuse.internal.protocol;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import jnr.ffi.Pointer;
import org.netcachefs.fuse.OwnedBuffer;
import org.netcachefs.fuse.internal.Native;

/** The bytes of a write, in the receiver's own buffer {@code memory}. If they are still in use when the receiver goes on, it takes another one. Thread-safe. */
public final class ReceivedBytes implements OwnedBuffer {
    private enum State {
        /** The memory is the receiver's. */
        LENT,
        /** It is ours, until closed. */
        KEPT,
        CLOSED
    }

    private final Pointer memory;
    private final ByteBuffer bytes;
    private final ReceiveBuffers buffers;
    private final AtomicReference<State> state = new AtomicReference<>(State.LENT);

    public ReceivedBytes(Pointer memory, long address, int length, ReceiveBuffers buffers) {
        this.memory = memory;
        this.bytes = Native.MEMORY.newDirectByteBuffer(address, length);
        this.buffers = buffers;
    }

    @Override
    public ByteBuffer bytes() {
        if (state.get() == State.CLOSED) {
            throw new IllegalStateException("the bytes of the request at " + memory + " were given back");
        }
        return bytes;
    }

    @Override
    public void close() {
        if (state.getAndSet(State.CLOSED) == State.KEPT) {
            buffers.giveBack(memory);
        }
    }

    /** The receiver goes on: true if it must leave the memory alone. */
    public boolean keep() {
        return state.compareAndSet(State.LENT, State.KEPT);
    }
}
