package org.netcachefs.fuse.internal.libfuse;

import com.kenai.jffi.MemoryIO;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.LockRequest;
import org.netcachefs.fuse.LockState;
import org.netcachefs.fuse.internal.Guard;

/** POSIX and flock locks. Thread-safe. */
final class LockOperations {
    private static final MemoryIO MEMORY = Native.MEMORY;
    private static final int F_GETLK = 5;
    private static final int F_SETLKW = 7;
    private static final int LOCK_SH = 1;
    private static final int LOCK_NB = 4;
    private static final int LOCK_UN = 8;

    private final FileSystem fileSystem;
    private final Guard guard;
    private final HandleTable handles;
    private final KernelInodes inodes;

    LockOperations(FileSystem fileSystem, Guard guard, HandleTable handles, KernelInodes inodes) {
        this.fileSystem = fileSystem;
        this.guard = guard;
        this.handles = handles;
        this.inodes = inodes;
    }

    int lock(long path, long info, int command, long flock) {
        Receiver receiver = Receiver.current();
        return guard.call("lock", receiver.request(), () -> {
            long start = MEMORY.getLong(flock + Layout.Lock.START);
            long length = MEMORY.getLong(flock + Layout.Lock.LENGTH);
            long end = length == 0 ? Long.MAX_VALUE : start + length - 1;
            LockRequest request =
                    request(receiver, info, kind(MEMORY.getShort(flock + Layout.Lock.TYPE)), command == F_SETLKW);
            LockRequest ranged = new LockRequest(
                    request.caller(),
                    request.node(),
                    request.handle(),
                    request.owner(),
                    start,
                    end,
                    request.kind(),
                    false,
                    request.blocking());
            return command == F_GETLK ? query(receiver, ranged, flock) : set(receiver, ranged);
        });
    }

    int flock(long path, long info, int operation) {
        Receiver receiver = Receiver.current();
        return guard.call("flock", receiver.request(), () -> {
            LockRequest.Kind kind = (operation & LOCK_UN) != 0
                    ? LockRequest.Kind.UNLOCK
                    : (operation & LOCK_SH) != 0 ? LockRequest.Kind.READ : LockRequest.Kind.WRITE;
            return set(receiver, request(receiver, info, kind, (operation & LOCK_NB) == 0));
        });
    }

    /** A flock of the whole file. */
    private LockRequest request(Receiver receiver, long info, LockRequest.Kind kind, boolean blocking)
            throws ErrnoException {
        OpenHandle open = handles.get(MEMORY.getLong(info + Layout.FileInfo.HANDLE));
        inodes.learnt(open.node(), receiver.kernelNode());
        long owner = MEMORY.getLong(info + Layout.FileInfo.LOCK_OWNER);
        return new LockRequest(
                receiver.caller(),
                open.node(),
                open.handle(),
                owner,
                0,
                Long.MAX_VALUE,
                kind,
                true,
                blocking && kind != LockRequest.Kind.UNLOCK);
    }

    private int set(Receiver receiver, LockRequest request) throws ErrnoException {
        if (request.blocking()) {
            receiver.interruption().byAnySignal();
        }
        Pending<Void> pending = new Pending<>(receiver);
        Calls.issue(pending, () -> fileSystem.setlk(request, pending));
        return pending.done();
    }

    private int query(Receiver receiver, LockRequest request, long flock) throws ErrnoException {
        Pending<LockState> pending = new Pending<>(receiver);
        Calls.issue(pending, () -> fileSystem.getlk(request, pending));
        LockState state = pending.value();
        MEMORY.putShort(flock + Layout.Lock.TYPE, (short) type(state.kind()));
        if (state.kind() != LockRequest.Kind.UNLOCK) {
            long end = state.endInclusive();
            MEMORY.putShort(flock + Layout.Lock.WHENCE, (short) 0);
            MEMORY.putLong(flock + Layout.Lock.START, state.start());
            MEMORY.putLong(flock + Layout.Lock.LENGTH, end == Long.MAX_VALUE ? 0 : end - state.start() + 1);
            MEMORY.putInt(flock + Layout.Lock.PID, state.pid());
        }
        return 0;
    }

    /** F_RDLCK, F_WRLCK, F_UNLCK. */
    private static LockRequest.Kind kind(int type) throws ErrnoException {
        return switch (type) {
            case 0 -> LockRequest.Kind.READ;
            case 1 -> LockRequest.Kind.WRITE;
            case 2 -> LockRequest.Kind.UNLOCK;
            default -> throw new ErrnoException(Errno.EINVAL, "lock type " + type);
        };
    }

    private static int type(LockRequest.Kind kind) {
        return switch (kind) {
            case READ -> 0;
            case WRITE -> 1;
            case UNLOCK -> 2;
        };
    }
}
