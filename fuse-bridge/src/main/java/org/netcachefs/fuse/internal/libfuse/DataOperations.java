package org.netcachefs.fuse.internal.libfuse;

import com.kenai.jffi.MemoryIO;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.ReadRequest;
import org.netcachefs.fuse.WriteRequest;
import org.netcachefs.fuse.internal.Guard;
import org.netcachefs.fuse.internal.Native;
import org.netcachefs.fuse.internal.protocol.ReadAnswer;
import org.netcachefs.fuse.internal.protocol.ReceivedBytes;
import org.netcachefs.fuse.internal.protocol.RequestLayout;
import org.netcachefs.fuse.internal.protocol.ValueAnswer;

/**
 * Reads and writes, taken from the kernel's own message and answered from any thread. libfuse's callbacks for them are
 * synchronous: with readahead, the reads of a few dozen files that hang would take every receiver. Thread-safe.
 */
final class DataOperations {
    private static final MemoryIO MEMORY = Native.MEMORY;

    private final FileSystem fileSystem;
    private final Guard guard;
    private final HandleTable handles;

    DataOperations(FileSystem fileSystem, Guard guard, HandleTable handles) {
        this.fileSystem = fileSystem;
        this.guard = guard;
        this.handles = handles;
    }

    /** {@code message}: {@code struct fuse_in_header}, {@code struct fuse_read_in}. */
    void read(Receiver receiver, long message, ReadAnswer answer) {
        int failed = guard.call("read", receiver.request(), () -> {
            OpenHandle open = handles.get(MEMORY.getLong(message + RequestLayout.Data.FH));
            ReadRequest request = new ReadRequest(
                    receiver.caller(),
                    open.node(),
                    open.handle(),
                    MEMORY.getLong(message + RequestLayout.Data.OFFSET),
                    MEMORY.getInt(message + RequestLayout.Data.SIZE),
                    MEMORY.getLong(message + RequestLayout.Data.LOCK_OWNER),
                    new OpenFlags(MEMORY.getInt(message + RequestLayout.Data.FLAGS)));
            fileSystem.read(request, answer);
            return 0;
        });
        answer.failed(failed);
    }

    /** {@code message}: {@code struct fuse_in_header}, {@code struct fuse_write_in}, the bytes. */
    void write(Receiver receiver, long message, ValueAnswer<Integer> answer) {
        int failed = guard.call("write", receiver.request(), () -> {
            OpenHandle open = handles.get(MEMORY.getLong(message + RequestLayout.Data.FH));
            WriteRequest request = new WriteRequest(
                    receiver.caller(),
                    open.node(),
                    open.handle(),
                    MEMORY.getLong(message + RequestLayout.Data.OFFSET),
                    MEMORY.getLong(message + RequestLayout.Data.LOCK_OWNER),
                    new OpenFlags(MEMORY.getInt(message + RequestLayout.Data.FLAGS)),
                    (MEMORY.getInt(message + RequestLayout.Data.KIND) & RequestLayout.Data.FUSE_WRITE_CACHE) != 0,
                    false);
            ReceivedBytes bytes = new ReceivedBytes(
                    receiver.data(),
                    message + RequestLayout.Data.END,
                    MEMORY.getInt(message + RequestLayout.Data.SIZE),
                    receiver.buffers());
            try {
                fileSystem.write(request, bytes, answer);
            } finally {
                if (bytes.keep()) {
                    receiver.takesOther();
                }
            }
            return 0;
        });
        answer.failed(failed);
    }
}
