package org.netcachefs.fuse.internal.protocol;

import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.Segment;
import org.netcachefs.fuse.internal.Libc;
import org.netcachefs.fuse.internal.Native;

/**
 * A pipe in which an answer is put together: the header's bytes and references to the pages of file regions, which the kernel copies
 * to whoever reads without a detour through our memory. Never SPLICE_F_MOVE: it would take the pages away from the file's cache.
 * Used by one answer at a time.
 */
final class SplicePipe {
    /** The header and a region that begins amid a page take a page more each than they have bytes. */
    private static final int RESERVED_PAGES = 4;

    private static final int PAGE = 4096;
    private static final int WANTED_BYTES = 1 << 20;
    private static final int F_SETPIPE_SZ = 1031;

    private final int in;
    private final int out;
    private final int most;
    private final Pointer offset = Native.RUNTIME.getMemoryManager().allocateDirect(Long.BYTES);

    private SplicePipe(int in, int out, int capacity) {
        this.in = in;
        this.out = out;
        this.most = capacity - RESERVED_PAGES * PAGE;
    }

    /** A new one; null when there are no descriptors left. */
    static @Nullable SplicePipe open() {
        Pointer pair = Native.RUNTIME.getMemoryManager().allocateDirect(2 * Integer.BYTES);
        if (Native.libc().pipe2(pair.address(), Libc.O_CLOEXEC | Libc.O_NONBLOCK) != 0) {
            return null;
        }
        int in = pair.getInt(Integer.BYTES);
        int capacity = Native.libc().fcntl(in, F_SETPIPE_SZ, WANTED_BYTES);
        return new SplicePipe(in, pair.getInt(0), Math.max(capacity, 16 * PAGE));
    }

    /** Whether regions of so many bytes together fit, in {@code pieces} pieces. */
    boolean fits(int bytes, int pieces) {
        return bytes + pieces * PAGE <= most;
    }

    /** Puts {@code length} bytes of memory in. False: the pipe is to be closed. */
    boolean put(long address, int length) {
        return Native.libc().write(in, address, length) == length;
    }

    /** Puts a region in. False if it could not be read in full: the pipe is to be closed. */
    boolean put(Segment region) {
        offset.putLong(0, region.position());
        int left = region.length();
        while (left > 0) {
            long count = Native.libc().splice(region.descriptor(), offset.address(), in, 0, left, 0, 0);
            if (count <= 0) {
                return false;
            }
            left -= (int) count;
        }
        return true;
    }

    /** Sends the {@code length} bytes in it. False: the kernel did not take them, and the pipe is to be closed. */
    boolean sendTo(int descriptor, int length) {
        return Native.libc().splice(out, 0, descriptor, 0, length, 0, 0) == length;
    }

    void close() {
        int ignored = Native.libc().close(in) + Native.libc().close(out);
    }
}
