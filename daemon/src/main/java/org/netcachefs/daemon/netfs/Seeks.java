package org.netcachefs.daemon.netfs;

import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.netfs.Questions.Question;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.Reply;
import org.netcachefs.store.Cookie;

/**
 * Finds data and holes, by lseek(2) with SEEK_DATA and SEEK_HOLE, in what upstream has. A file that somebody has open for writing through the
 * mount is data from its start to its end: what a mapping wrote may be in the kernel only. So is any while upstream hangs. Thread-safe.
 */
final class Seeks {
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;

    private final Opens opens;
    private final DataHandles data;
    private final Questions questions;
    private final @Nullable Writers writers;

    /** {@code writers} is null where nothing can be written. */
    Seeks(Opens opens, DataHandles data, Questions questions, @Nullable Writers writers) {
        this.opens = opens;
        this.data = data;
        this.questions = questions;
        this.writers = writers;
    }

    void seek(long handle, long offset, int whence, Reply<Long> reply) {
        OpenFile file = opens.file(handle);
        if (file == null || (whence != SEEK_DATA && whence != SEEK_HOLE)) {
            reply.error(file == null ? Errno.EBADF : Errno.EINVAL);
            return;
        }
        Cookie cookie = file.cookie();
        long size = cookie == null ? Long.MAX_VALUE : cookie.coherency().size();
        if (file.isLapsed() || offset < 0 || offset >= size) {
            reply.error(file.isLapsed() ? Errno.EIO : Errno.ENXIO);
        } else if (cookie != null && isWritten(file)) {
            reply.ok(allData(offset, whence, size));
        } else {
            questions.answer(
                    reply,
                    Question.<Long>of(tree -> find(tree, file, offset, whence, size))
                            .as(file.who())
                            .orKnown(() -> cookie == null ? null : allData(offset, whence, size)));
        }
    }

    private boolean isWritten(OpenFile file) {
        return writers != null && writers.isWritten(file.node());
    }

    /** The first byte of what is asked for, where there is no hole but the one behind the end. */
    private static long allData(long offset, int whence, long size) {
        return whence == SEEK_DATA ? offset : size;
    }

    /** {@code size}: the end that is shown of the file. */
    private long find(UpstreamTree tree, OpenFile file, long offset, int whence, long size) throws ErrnoException {
        try (HandleCache.Lease<DataHandle> lease = data.lease(tree, file)) {
            if (isWritten(file)) {
                long end = Math.min(
                        size, tree.status(lease.handle(), true).attributes().size());
                requireBefore(end, offset);
                return allData(offset, whence, end);
            }
            long found = tree.changes().seek(lease.handle(), offset, whence);
            if (whence == SEEK_DATA) {
                requireBefore(size, found);
            }
            return Math.min(found, size);
        }
    }

    private static void requireBefore(long end, long position) throws ErrnoException {
        if (position >= end) {
            throw new ErrnoException(Errno.ENXIO, "the file ends at " + end);
        }
    }
}
