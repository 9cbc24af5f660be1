package org.netcachefs.fuse.internal.libfuse;

import java.nio.ByteBuffer;
import jnr.ffi.Pointer;

/** Memory for one answer: room for the header, then the bytes. Used by one answer at a time. */
final class AnswerBuffer {
    private final Pointer memory;
    private final ByteBuffer bytes;

    AnswerBuffer(int size) {
        memory = Native.RUNTIME.getMemoryManager().allocateDirect(Layout.OutHeader.SIZE + size, false);
        bytes = Native.MEMORY.newDirectByteBuffer(dataAddress(), size);
    }

    /** Where the header goes. */
    long address() {
        return memory.address();
    }

    long dataAddress() {
        return memory.address() + Layout.OutHeader.SIZE;
    }

    int size() {
        return bytes.capacity();
    }

    /** The first {@code length} bytes behind the header. */
    ByteBuffer bytes(int length) {
        return bytes.clear().limit(length);
    }
}
