package org.netcachefs.daemon.upstream.internal;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.UpstreamChanges;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.daemon.upstream.UpstreamTree.Handle;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileType;
import org.netcachefs.fuse.SetAttributes;
import org.netcachefs.fuse.Timestamp;

/** {@link UpstreamChanges} by system calls relative to descriptors. Thread-safe. */
final class SyscallChanges implements UpstreamChanges {
    private static final byte[] HERE = {'.'};
    private static final int OPEN_FLAGS = Libc.O_ACCMODE | Libc.O_SYNC;

    private final Actors actors;
    private final Umask umask;
    private final AtomicInteger open;
    private final ScratchPool small;
    private final ScratchPool large;

    /** Counts the descriptors it opens in {@code open}. */
    SyscallChanges(Actors actors, Umask umask, AtomicInteger open, ScratchPool small, ScratchPool large) {
        this.actors = actors;
        this.umask = umask;
        this.open = open;
        this.small = small;
        this.large = large;
    }

    // ---- opening

    @Override
    public DataHandle openToWrite(PathHandle file, int flags) throws ErrnoException {
        return on(file, (number, scratch) -> {
            Status.fill(scratch, number, Libc.AT_STATX_DONT_SYNC);
            if (FileType.ofMode(Status.mode(scratch)) != FileType.REGULAR) {
                throw new ErrnoException(Errno.EINVAL, "not a regular file");
            }
            int opened =
                    actors.open(Libc.AT_FDCWD, scratch.descriptorPath(number), (flags & OPEN_FLAGS) | Libc.O_CLOEXEC);
            return data(opened, "open for writing");
        });
    }

    @Override
    public DataHandle create(PathHandle directory, FileName name, int mode, int flags) throws ErrnoException {
        int how = (flags & OPEN_FLAGS) | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW | Libc.O_CLOEXEC;
        return on(
                directory,
                (number, scratch) -> data(opened(number, scratch.name(name.bytes()), how, mode), "create " + name));
    }

    @Override
    public DataHandle createUnnamed(PathHandle directory, int mode, int flags) throws ErrnoException {
        int how = (flags & OPEN_FLAGS) | Libc.O_TMPFILE | Libc.O_CLOEXEC;
        return on(
                directory,
                (number, scratch) -> data(opened(number, scratch.name(HERE), how, mode), "create without a name"));
    }

    private int opened(int directory, long path, int how, int mode) throws ErrnoException {
        return umask.without(() -> actors.open(directory, path, how, mode));
    }

    private DataHandle data(int number, String what) throws ErrnoException {
        if (number < 0) {
            throw Libc.failure(what);
        }
        return new Descriptor.OfData(number, open);
    }

    // ---- content

    @Override
    public int write(DataHandle file, long offset, ByteBuffer from) throws ErrnoException {
        long address = address(from);
        int length = from.remaining();
        int written = on(file, number ->
                (int) made("pwrite at " + offset, () -> Libc.C.pwrite(number, address, length, offset)));
        from.position(from.position() + written);
        return written;
    }

    /** Offset -1 stands for the descriptor's own, which then tells where the bytes went. */
    @Override
    public long append(DataHandle file, ByteBuffer from) throws ErrnoException {
        long address = address(from);
        int length = from.remaining();
        return on((Descriptor) file, (number, scratch) -> {
            Pointer piece = scratch.memory();
            piece.putLong(Scratch.STATUS, address);
            piece.putLong(Scratch.STATUS + 8, length);
            long vector = scratch.at(Scratch.STATUS);
            long written = made("append", () -> Libc.C.pwritev2(number, vector, 1, -1, Libc.RWF_APPEND));
            from.position(from.position() + (int) written);
            return made("lseek", () -> Libc.C.lseek(number, 0, Libc.SEEK_CUR)) - written;
        });
    }

    private static long address(ByteBuffer from) {
        if (!from.isDirect()) {
            throw new IllegalArgumentException("not a direct buffer");
        }
        return MemoryIO.getInstance().getDirectBufferAddress(from) + from.position();
    }

    @Override
    public void truncate(DataHandle file, long size) throws ErrnoException {
        on(file, number -> made("ftruncate to " + size, () -> Libc.C.ftruncate(number, size)));
    }

    @Override
    public void truncate(PathHandle file, long size) throws ErrnoException {
        make(file, "truncate to " + size, (number, s) -> Libc.C.truncate(s.descriptorPath(number), size));
    }

    @Override
    public void allocate(DataHandle file, int mode, long offset, long length) throws ErrnoException {
        on(file, number -> made("fallocate", () -> Libc.C.fallocate(number, mode, offset, length)));
    }

    @Override
    public void sync(DataHandle file, boolean dataOnly) throws ErrnoException {
        on(file, number -> made("fsync", () -> dataOnly ? Libc.C.fdatasync(number) : Libc.C.fsync(number)));
    }

    @Override
    public void syncDirectory(PathHandle directory) throws ErrnoException {
        on(directory, (number, scratch) -> {
            int flags = Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC;
            int opened = (int) made("open directory", () -> Libc.C.openat(number, scratch.name(HERE), flags, 0));
            try {
                return made("fsync of a directory", () -> Libc.C.fsync(opened));
            } finally {
                Libc.C.close(opened);
            }
        });
    }

    /** A close that fails has closed all the same, so it is never made again. */
    @Override
    public void flush(DataHandle file) throws ErrnoException {
        on(file, number -> {
            int copy = (int) made("dup", () -> Libc.C.dup(number));
            if (Libc.C.close(copy) < 0) {
                throw Libc.failure("close");
            }
            return copy;
        });
    }

    @Override
    public long seek(DataHandle file, long offset, int whence) throws ErrnoException {
        return on(file, number -> made("lseek", () -> Libc.C.lseek(number, offset, whence)));
    }

    @Override
    public long copy(DataHandle from, long offset, DataHandle to, long toOffset, long length) throws ErrnoException {
        return on(
                (Descriptor) from,
                (number, scratch) -> on(to, toNumber -> {
                    scratch.memory().putLong(Scratch.STATUS, offset);
                    scratch.memory().putLong(Scratch.STATUS + 8, toOffset);
                    long at = scratch.at(Scratch.STATUS);
                    long toAt = scratch.at(Scratch.STATUS + 8);
                    return made(
                            "copy_file_range", () -> Libc.C.copy_file_range(number, at, toNumber, toAt, length, 0, 0));
                }));
    }

    // ---- names

    @Override
    public void mkdir(PathHandle directory, FileName name, int mode) throws ErrnoException {
        make(
                directory,
                "mkdir " + name,
                (number, s) -> umask.without(() -> Libc.C.mkdirat(number, s.name(name.bytes()), mode)));
    }

    @Override
    public void mknod(PathHandle directory, FileName name, int mode, int device) throws ErrnoException {
        make(
                directory,
                "mknod " + name,
                (number, s) ->
                        umask.without(() -> Libc.C.mknodat(number, s.name(name.bytes()), mode, device & 0xffffffffL)));
    }

    @Override
    public void symlink(PathHandle directory, FileName name, byte[] target) throws ErrnoException {
        make(
                directory,
                "symlink " + name,
                (number, s) -> with(other -> Libc.C.symlinkat(other.name(target), number, s.name(name.bytes()))));
    }

    /** By the name /proc has of it, for by descriptor alone needs a capability; a symbolic link has only that way. */
    @Override
    public void link(Handle object, PathHandle directory, FileName name) throws ErrnoException {
        on(object, (number, source) -> {
            Status.fill(source, number, Libc.AT_STATX_DONT_SYNC);
            boolean isLink = FileType.ofMode(Status.mode(source)) == FileType.SYMLINK
                    && actors.actor().isOwn();
            make(directory, "link " + name, (to, s) -> {
                long path = s.name(name.bytes());
                return isLink
                        ? Libc.C.linkat(number, source.empty(), to, path, Libc.AT_EMPTY_PATH)
                        : Libc.C.linkat(Libc.AT_FDCWD, source.descriptorPath(number), to, path, Libc.AT_SYMLINK_FOLLOW);
            });
            return true;
        });
    }

    @Override
    public void rename(PathHandle directory, FileName name, PathHandle newDirectory, FileName newName, int flags)
            throws ErrnoException {
        on(directory, (number, old) -> {
            long from = old.name(name.bytes());
            make(
                    newDirectory,
                    "rename " + name + " to " + newName,
                    (to, s) -> Libc.C.renameat2(number, from, to, s.name(newName.bytes()), flags));
            return true;
        });
    }

    @Override
    public void unlink(PathHandle directory, FileName name) throws ErrnoException {
        make(directory, "unlink " + name, (number, s) -> Libc.C.unlinkat(number, s.name(name.bytes()), 0));
    }

    @Override
    public void rmdir(PathHandle directory, FileName name) throws ErrnoException {
        make(
                directory,
                "rmdir " + name,
                (number, s) -> Libc.C.unlinkat(number, s.name(name.bytes()), Libc.AT_REMOVEDIR));
    }

    // ---- attributes

    @Override
    public void chmod(Handle object, int mode) throws ErrnoException {
        make(object, "chmod", (number, s) -> Libc.C.fchmodat(Libc.AT_FDCWD, s.descriptorPath(number), mode, 0));
    }

    @Override
    public void chown(Handle object, int uid, int gid) throws ErrnoException {
        make(object, "chown", (number, s) -> Libc.C.fchownat(number, s.empty(), uid, gid, Libc.AT_EMPTY_PATH));
    }

    @Override
    public void times(Handle object, @Nullable Timestamp accessed, @Nullable Timestamp modified) throws ErrnoException {
        make(object, "utimensat", (number, s) -> {
            putTime(s, Scratch.STATUS, accessed);
            putTime(s, Scratch.STATUS + 16, modified);
            return Libc.C.utimensat(number, s.empty(), s.at(Scratch.STATUS), Libc.AT_EMPTY_PATH);
        });
    }

    /** struct timespec. */
    @SuppressWarnings("ReferenceEquality")
    private static void putTime(Scratch scratch, int at, @Nullable Timestamp time) {
        boolean isNow = time == SetAttributes.NOW;
        long nanos = time == null ? Libc.UTIME_OMIT : isNow ? Libc.UTIME_NOW : time.nanos();
        scratch.memory().putLong(at, time == null || isNow ? 0 : time.seconds());
        scratch.memory().putLong(at + 8, nanos);
    }

    @Override
    public void setxattr(Handle object, FileName name, byte[] value, int flags) throws ErrnoException {
        Scratch room = large.take();
        try {
            long from = room.toRoom(value);
            make(
                    object,
                    "setxattr " + name,
                    (number, s) ->
                            Libc.C.setxattr(s.descriptorPath(number), s.name(name.bytes()), from, value.length, flags));
        } finally {
            large.give(room);
        }
    }

    @Override
    public void removexattr(Handle object, FileName name) throws ErrnoException {
        make(
                object,
                "removexattr " + name,
                (number, s) -> Libc.C.removexattr(s.descriptorPath(number), s.name(name.bytes())));
    }

    // ---- how calls are made

    /** A call that answers below 0 when it failed; made again when a signal came before it did anything. */
    private interface Attempt {
        long make() throws ErrnoException;
    }

    private long made(String what, Attempt attempt) throws ErrnoException {
        long result;
        do {
            result = actors.make(attempt::make);
        } while (result < 0 && Libc.interrupted());
        if (result < 0) {
            throw Libc.failure(what);
        }
        return result;
    }

    private interface OnDescriptor<T> {
        T make(int number) throws ErrnoException;
    }

    private static <T> T on(DataHandle file, OnDescriptor<T> call) throws ErrnoException {
        Descriptor descriptor = (Descriptor) file;
        int number = descriptor.lease();
        try {
            return call.make(number);
        } finally {
            descriptor.release();
        }
    }

    private interface WithScratch<T> {
        T make(int number, Scratch scratch) throws ErrnoException;
    }

    private <T> T on(Handle object, WithScratch<T> call) throws ErrnoException {
        return on((Descriptor) object, call);
    }

    private <T> T on(Descriptor descriptor, WithScratch<T> call) throws ErrnoException {
        int number = descriptor.lease();
        try {
            return with(scratch -> call.make(number, scratch));
        } finally {
            descriptor.release();
        }
    }

    private interface OnScratch<T> {
        T make(Scratch scratch) throws ErrnoException;
    }

    private <T> T with(OnScratch<T> call) throws ErrnoException {
        Scratch scratch = small.take();
        try {
            return call.make(scratch);
        } finally {
            small.give(scratch);
        }
    }

    private interface AttemptOn {
        int make(int number, Scratch scratch) throws ErrnoException;
    }

    private void make(Handle object, String what, AttemptOn attempt) throws ErrnoException {
        on(object, (number, scratch) -> made(what, () -> attempt.make(number, scratch)));
    }
}
