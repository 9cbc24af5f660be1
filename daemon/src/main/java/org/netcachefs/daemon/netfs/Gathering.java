package org.netcachefs.daemon.netfs;

import java.nio.ByteBuffer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.BlockGeometry;
import org.netcachefs.store.ByteRange;

/**
 * What was written to one file, one piece behind the other, until it makes a block or the writer goes elsewhere: then it goes into the
 * cache, in whole sectors. Programs write in pieces of any size. Used by one thread at a time.
 */
final class Gathering {
    private final BlockGeometry geometry;
    private final BufferPool buffers;
    private final Taker taker;
    private final LongConsumer uncached;
    private BufferPool.@Nullable Lease lease;
    private @Nullable OpenFile file;
    private long start;
    private long end;
    private long version;

    /** {@code uncached} is told how many bytes were left out for want of a buffer. */
    Gathering(BlockGeometry geometry, BufferPool buffers, Taker taker, LongConsumer uncached) {
        this.uncached = uncached;
        this.geometry = geometry;
        this.buffers = buffers;
        this.taker = taker;
    }

    /** Takes what was gathered: whole sectors within one block, valid for {@code version} of the file's cookie. Owns the lease. */
    interface Taker {
        void take(OpenFile file, ByteRange range, long version, BufferPool.Lease bytes);
    }

    /** These bytes (what remains of them) are upstream now, {@code size} is the file's; the cookie's version was {@code now} before they were sent. */
    void add(OpenFile writer, long now, long offset, ByteBuffer bytes, long size) {
        long at = offset;
        while (bytes.hasRemaining()) {
            if (lease != null && (at != end || now != version || writer.cookie() == null)) {
                finish(size);
            }
            if (lease == null) {
                long sector = geometry.sectorsAround(new ByteRange(at, 0)).end();
                int skipped = (int) Math.min(bytes.remaining(), sector - at);
                bytes.position(bytes.position() + skipped);
                at += skipped;
                if (!bytes.hasRemaining()) {
                    return;
                }
                if (!begin(writer, now, at)) {
                    uncached.accept(bytes.remaining());
                    return;
                }
            }
            at += append(bytes, size);
        }
    }

    /** The next write goes to {@code offset}: what it does not go on behind is given on before, so that it voids what it overwrites. */
    void expect(long offset, long size) {
        if (offset != end) {
            finish(size);
        }
    }

    private boolean begin(OpenFile writer, long now, long at) {
        lease = buffers.leaseSpare(geometry.blockBytes());
        file = writer;
        start = at;
        end = at;
        version = now;
        return lease != null;
    }

    private int append(ByteBuffer bytes, long size) {
        long blockEnd = geometry.blockStart(geometry.blockOf(start) + 1);
        int length = (int) Math.min(bytes.remaining(), blockEnd - end);
        ByteBuffer piece = bytes.duplicate().limit(bytes.position() + length);
        if (lease != null) {
            lease.buffer().put((int) (end - start), piece, piece.position(), length);
        }
        bytes.position(bytes.position() + length);
        end += length;
        if (end == blockEnd) {
            finish(size);
        }
        return length;
    }

    /** Gives on what there is; the last sector may end with the file, at {@code size}. */
    void finish(long size) {
        BufferPool.Lease bytes = lease;
        OpenFile writer = file;
        if (bytes == null || writer == null) {
            return;
        }
        lease = null;
        long whole = end == size ? end : end - geometry.withinSector(end);
        if (whole > start) {
            taker.take(writer, ByteRange.between(start, whole), version, bytes);
        } else {
            bytes.close();
        }
    }

    /** What there is is not right any more. */
    void drop() {
        BufferPool.Lease bytes = lease;
        if (bytes != null) {
            lease = null;
            bytes.close();
        }
    }
}
