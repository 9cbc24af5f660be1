package org.netcachefs.daemon.upstream.internal;

import java.util.concurrent.atomic.AtomicInteger;
import jnr.ffi.Pointer;
import org.netcachefs.daemon.upstream.ByteLock;
import org.netcachefs.daemon.upstream.UpstreamLocks;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.daemon.upstream.UpstreamTree.Handle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileType;
import org.netcachefs.fuse.LockRequest.Kind;
import org.netcachefs.fuse.LockState;

/** {@link UpstreamLocks} by fcntl(2) and flock(2). Thread-safe. */
final class SyscallLocks implements UpstreamLocks {
    /** {@code struct flock} of 64-bit Linux. */
    private static final int TYPE = Scratch.STATUS;

    private static final int WHENCE = TYPE + 2;
    private static final int START = TYPE + 8;
    private static final int LENGTH = TYPE + 16;
    private static final int PID = TYPE + 24;

    private final Actors actors;
    private final AtomicInteger open;
    private final ScratchPool scratches;

    /** Counts the descriptors it opens in {@code open}. */
    SyscallLocks(Actors actors, AtomicInteger open, ScratchPool scratches) {
        this.actors = actors;
        this.open = open;
        this.scratches = scratches;
    }

    @Override
    public DataHandle open(Handle file, int access) throws ErrnoException {
        return on((Descriptor) file, (number, scratch) -> {
            Status.fill(scratch, number, Libc.AT_STATX_DONT_SYNC);
            if (FileType.ofMode(Status.mode(scratch)) != FileType.REGULAR) {
                throw new ErrnoException(Errno.EINVAL, "not a regular file");
            }
            int flags = (access & Libc.O_ACCMODE) | Libc.O_CLOEXEC;
            int opened = actors.open(Libc.AT_FDCWD, scratch.descriptorPath(number), flags);
            if (opened < 0) {
                throw Libc.failure("open for locking");
            }
            return new Descriptor.OfData(opened, open);
        });
    }

    @Override
    public DataHandle share(DataHandle file) throws ErrnoException {
        return on((Descriptor) file, (number, scratch) -> {
            int copy = Libc.C.fcntl(number, Libc.F_DUPFD_CLOEXEC, 0);
            if (copy < 0) {
                throw Libc.failure("dup for locking");
            }
            return new Descriptor.OfData(copy, open);
        });
    }

    @Override
    public boolean set(DataHandle file, ByteLock lock) throws ErrnoException {
        return on((Descriptor) file, (number, scratch) -> {
            put(scratch, lock);
            return done(() -> Libc.C.fcntl(number, Libc.F_OFD_SETLK, scratch.at(TYPE)), "lock");
        });
    }

    @Override
    public LockState query(DataHandle file, ByteLock lock) throws ErrnoException {
        return on((Descriptor) file, (number, scratch) -> {
            put(scratch, lock);
            if (!done(() -> Libc.C.fcntl(number, Libc.F_OFD_GETLK, scratch.at(TYPE)), "query of a lock")) {
                throw new ErrnoException(Errno.EAGAIN, "query of a lock");
            }
            Pointer memory = scratch.memory();
            Kind kind = kind(memory.getShort(TYPE));
            long start = memory.getLong(START);
            long length = memory.getLong(LENGTH);
            return new LockState(kind, start, length == 0 ? Long.MAX_VALUE : start + length - 1, memory.getInt(PID));
        });
    }

    @Override
    public boolean flock(DataHandle file, Kind kind) throws ErrnoException {
        int operation = switch (kind) {
            case READ -> Libc.LOCK_SH;
            case WRITE -> Libc.LOCK_EX;
            case UNLOCK -> Libc.LOCK_UN;
        };
        return on(
                (Descriptor) file,
                (number, scratch) -> done(() -> Libc.C.flock(number, operation | Libc.LOCK_NB), "flock"));
    }

    private static void put(Scratch scratch, ByteLock lock) {
        Pointer memory = scratch.memory();
        memory.putLong(TYPE, 0);
        memory.putShort(TYPE, type(lock.kind()));
        memory.putShort(WHENCE, (short) 0);
        memory.putLong(START, lock.start());
        memory.putLong(LENGTH, lock.endInclusive() == Long.MAX_VALUE ? 0 : lock.endInclusive() - lock.start() + 1);
        memory.putLong(PID, 0);
    }

    private static short type(Kind kind) {
        return switch (kind) {
            case READ -> Libc.F_RDLCK;
            case WRITE -> Libc.F_WRLCK;
            case UNLOCK -> Libc.F_UNLCK;
        };
    }

    private static Kind kind(short type) {
        if (type == Libc.F_UNLCK) {
            return Kind.UNLOCK;
        }
        return type == Libc.F_RDLCK ? Kind.READ : Kind.WRITE;
    }

    private interface Attempt {
        int make();
    }

    /** False when another lock is in the way. */
    private static boolean done(Attempt attempt, String what) throws ErrnoException {
        int result;
        do {
            result = attempt.make();
        } while (result < 0 && Libc.interrupted());
        if (result < 0) {
            Errno errno = Libc.lastErrno();
            if (errno != Errno.EAGAIN && errno != Errno.EACCES) {
                throw Libc.failure(what);
            }
        }
        return result >= 0;
    }

    private interface OnDescriptor<T> {
        T make(int number, Scratch scratch) throws ErrnoException;
    }

    private <T> T on(Descriptor descriptor, OnDescriptor<T> call) throws ErrnoException {
        int number = descriptor.lease();
        Scratch scratch = scratches.take();
        try {
            return call.make(number, scratch);
        } finally {
            scratches.give(scratch);
            descriptor.release();
        }
    }
}
