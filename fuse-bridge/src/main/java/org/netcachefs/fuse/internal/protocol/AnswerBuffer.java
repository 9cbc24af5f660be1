package org.netcachefs.fuse.internal.protocol;

import java.nio.ByteBuffer;
import jnr.ffi.Pointer;
import org.netcachefs.fuse.internal.Native;

/** Memory for one answer: room for the header, then the bytes, from a page's beginning on: copying them touches no page more than it must. Used by one answer at a time. */
public final class AnswerBuffer {
    private static final int PAGE = 4096;

    /** Keeps it allocated. */
    private final Pointer memory;

    private final long address;
    private final ByteBuffer bytes;

    AnswerBuffer(int size) {
        memory = Native.RUNTIME.getMemoryManager().allocateDirect(PAGE + AnswerLayout.Header.SIZE + size, false);
        long end = memory.address() + AnswerLayout.Header.SIZE + PAGE - 1;
        address = end - end % PAGE - AnswerLayout.Header.SIZE;
        bytes = Native.MEMORY.newDirectByteBuffer(dataAddress(), size);
    }

    /** Where the header goes. */
    public long address() {
        return address;
    }

    public long dataAddress() {
        return address + AnswerLayout.Header.SIZE;
    }

    public int size() {
        return bytes.capacity();
    }

    /** The first {@code length} bytes behind the header. */
    public ByteBuffer bytes(int length) {
        return bytes.clear().limit(length);
    }
}
