package org.netcachefs.store.internal.data;

import java.nio.file.Files;
import java.nio.file.Path;
import org.netcachefs.store.CacheException;

/** The data file through the C library. Its descriptor is never given to a FileChannel, so that no interrupt closes it. */
public final class NativeDataFile implements DataFile {
    private static final int RWF_NOWAIT = 8;
    private static final int FADV_RANDOM = 1;
    private static final int SEEK_END = 2;

    private final int descriptor;
    private final ArgumentPool arguments = new ArgumentPool();
    private final PageCounts pages;
    private final boolean regular;

    private NativeDataFile(int descriptor, boolean regular) {
        this.descriptor = descriptor;
        pages = new PageCounts(descriptor, arguments);
        this.regular = regular;
    }

    /** Opens {@code path}, making it (0600) if it is not there. */
    public static NativeDataFile open(Path path) throws CacheException {
        int descriptor = Native.LIBC.open(path.toString(), Native.O_RDWR | Native.O_CREAT | Native.O_CLOEXEC, 0600);
        if (descriptor < 0) {
            int errno = Native.errno();
            throw new CacheException(
                    Errnos.reason(errno),
                    path + ": cannot open: " + Errnos.text(errno) + "; see that it may be written");
        }
        Native.LIBC.posix_fadvise(descriptor, 0, 0, FADV_RANDOM);
        return new NativeDataFile(descriptor, Files.isRegularFile(path));
    }

    @Override
    public int descriptor() {
        return descriptor;
    }

    @Override
    public long size() {
        long end = Native.LIBC.lseek(descriptor, 0, SEEK_END);
        return end < 0 ? -Native.errno() : end;
    }

    @Override
    public int readCached(long position, long address, int length) {
        long vector = arguments.take();
        if (vector == 0) {
            return -Native.EAGAIN;
        }
        try {
            Native.putLong(vector, address);
            Native.putLong(vector + Long.BYTES, length);
            long moved = Native.LIBC.preadv2(descriptor, vector, 1, position, RWF_NOWAIT);
            return moved < 0 ? -Native.errno() : (int) moved;
        } finally {
            arguments.giveBack(vector);
        }
    }

    @Override
    public boolean isInMemory(long position, int length) {
        return pages.isInMemory(position, length);
    }

    @Override
    public int read(long position, long address, int length) {
        int done = 0;
        while (done < length) {
            long moved = Native.LIBC.pread(descriptor, address + done, length - done, position + done);
            if (moved < 0) {
                int errno = Native.errno();
                if (errno == Native.EINTR) {
                    continue;
                }
                return -errno;
            }
            if (moved == 0) {
                break;
            }
            done += (int) moved;
        }
        return done;
    }

    @Override
    public int write(long position, long address, int length) {
        int done = 0;
        while (done < length) {
            long moved = Native.LIBC.pwrite(descriptor, address + done, length - done, position + done);
            if (moved < 0) {
                int errno = Native.errno();
                if (errno == Native.EINTR) {
                    continue;
                }
                return -errno;
            }
            done += (int) moved;
        }
        return done;
    }

    @Override
    public int sync() {
        return Native.LIBC.fdatasync(descriptor) < 0 ? -Native.errno() : 0;
    }

    @Override
    public int resize(long bytes, boolean allocate) {
        if (!regular) {
            return size() < bytes ? -Native.ENOSPC : 0; // a device is as large as it is
        }
        if (Native.LIBC.ftruncate(descriptor, bytes) < 0) {
            return -Native.errno();
        }
        if (allocate && Native.LIBC.fallocate(descriptor, 0, 0, bytes) < 0) {
            return -Native.errno();
        }
        return 0;
    }

    @Override
    public void close() {
        Native.LIBC.close(descriptor);
        arguments.close();
    }
}
