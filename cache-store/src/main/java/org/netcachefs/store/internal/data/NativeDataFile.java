package org.netcachefs.store.internal.data;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.netcachefs.store.CacheException;
import org.netcachefs.store.Cookie.Borrower;

/**
 * The data file through the C library. Its descriptor is never given to a FileChannel, so that no interrupt closes it.
 *
 * <p>Large writes go past the page cache (O_DIRECT) where the file system can: what they bring has just been read or written by somebody, whose mount
 * has it in memory already. Once more in the data file's pages would take memory and CPU time from others (docs/design/0005).
 */
public final class NativeDataFile implements DataFile {
    private static final int RWF_NOWAIT = 8;
    private static final int FADV_RANDOM = 1;
    private static final int SEEK_END = 2;

    /** Smaller ones wait for the disk one by one, and are more often wanted soon. */
    private static final int LEAST_DIRECT = 64 << 10;

    /** What the addresses, offsets and lengths of direct writes are multiples of: enough for any disk in use. */
    private static final int ALIGNMENT = 4096;

    private final int descriptor;
    /** The same file for direct writes; negative where there are none. */
    private final int directDescriptor;

    private volatile boolean writesDirectly;
    private final ArgumentPool arguments = new ArgumentPool();
    private final PageCounts pages;
    private final boolean regular;
    private volatile @Nullable MappedFile mapped;

    private NativeDataFile(int descriptor, int directDescriptor, boolean regular) {
        this.descriptor = descriptor;
        this.directDescriptor = directDescriptor;
        writesDirectly = directDescriptor >= 0;
        pages = new PageCounts(descriptor, arguments);
        this.regular = regular;
    }

    /** Opens {@code path}, making it (0600) if it is not there. */
    public static NativeDataFile open(Path path) throws CacheException {
        int descriptor = openWithoutTimes(path);
        if (descriptor < 0) {
            int errno = Native.errno();
            throw new CacheException(
                    Errnos.reason(errno),
                    path + ": cannot open: " + Errnos.text(errno) + "; see that it may be written");
        }
        Native.LIBC.posix_fadvise(descriptor, 0, 0, FADV_RANDOM);
        int direct = Native.LIBC.open(path.toString(), Native.O_RDWR | Native.O_DIRECT | Native.O_CLOEXEC, 0);
        return new NativeDataFile(descriptor, direct, Files.isRegularFile(path));
    }

    /** Nobody asks when it was last read. Who does not own it may not say so, then each read looks at its times. */
    private static int openWithoutTimes(Path path) {
        int flags = Native.O_RDWR | Native.O_CREAT | Native.O_CLOEXEC;
        int descriptor = Native.LIBC.open(path.toString(), flags | Native.O_NOATIME, 0600);
        boolean isForeign = descriptor < 0 && Native.errno() == Native.EPERM;
        return isForeign ? Native.LIBC.open(path.toString(), flags, 0600) : descriptor;
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
    public boolean lend(long position, int length, Borrower borrower) {
        MappedFile here = mapped;
        long address = (here == null ? map() : here).addressInMemory(position, length);
        return address != 0 && borrower.use(address);
    }

    /** When it is first needed: by then it has its size. */
    private synchronized MappedFile map() {
        MappedFile made = mapped;
        if (made == null) {
            made = new MappedFile(descriptor, size(), System::nanoTime);
            mapped = made;
        }
        return made;
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
        int done = isWrittenDirectly(position, address, length) ? writeDirectly(position, address, length) : 0;
        while (done >= 0 && done < length) {
            long moved = Native.LIBC.pwrite(descriptor, address + done, length - done, position + done);
            if (moved < 0 && Native.errno() != Native.EINTR) {
                return -Native.errno();
            }
            done += (int) Math.max(0, moved);
        }
        return done;
    }

    private boolean isWrittenDirectly(long position, long address, int length) {
        return writesDirectly && length >= LEAST_DIRECT && (position | address | length) % ALIGNMENT == 0;
    }

    /** How many bytes it wrote; a negative errno. Where it turns out that nothing can be written this way, none, now and later. */
    private int writeDirectly(long position, long address, int length) {
        long moved = Native.LIBC.pwrite(directDescriptor, address, length, position);
        if (moved >= 0) {
            return (int) moved;
        }
        int errno = Native.errno();
        if (errno == Native.EINVAL || errno == Native.EOPNOTSUPP) {
            writesDirectly = false;
            return 0;
        }
        return errno == Native.EINTR ? 0 : -errno;
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
        MappedFile made = mapped;
        if (made != null) {
            made.close();
        }
        if (directDescriptor >= 0) {
            Native.LIBC.close(directDescriptor);
        }
        Native.LIBC.close(descriptor);
        arguments.close();
    }
}
