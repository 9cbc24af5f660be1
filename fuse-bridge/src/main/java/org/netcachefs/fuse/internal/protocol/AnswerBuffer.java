package org.netcachefs.fuse.internal.protocol;

import java.nio.ByteBuffer;
import jnr.ffi.Pointer;
import org.netcachefs.fuse.internal.Native;

/** Memory for one answer: room for the header, then the bytes. Used by one answer at a time. */
public final class AnswerBuffer {
    private final Pointer memory;
    private final ByteBuffer bytes;

    AnswerBuffer(int size) {
        memory = Native.RUNTIME.getMemoryManager().allocateDirect(AnswerLayout.Header.SIZE + size, false);
        bytes = Native.MEMORY.newDirectByteBuffer(dataAddress(), size);
    }

    /** Where the header goes. */
    public long address() {
        return memory.address();
    }

    public long dataAddress() {
        return memory.address() + AnswerLayout.Header.SIZE;
    }

    public int size() {
        return bytes.capacity();
    }

    /** The first {@code length} bytes behind the header. */
    public ByteBuffer bytes(int length) {
        return bytes.clear().limit(length);
    }
}
