package org.netcachefs.fuse.internal.libfuse;

import com.kenai.jffi.MemoryIO;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.LockRequest;
import org.netcachefs.fuse.LockState;
import org.netcachefs.fuse.internal.Guard;
import org.netcachefs.fuse.internal.Native;
import org.netcachefs.fuse.internal.protocol.AnswerLayout;
import org.netcachefs.fuse.internal.protocol.RequestLayout;
import org.netcachefs.fuse.internal.protocol.ValueAnswer;

/**
 * POSIX and flock locks, taken from the kernel's own message and answered from any thread: no receiver waits with those who wait for a lock, and
 * libfuse, which keeps an account of its own, does not answer for upstream. Thread-safe.
 */
final class LockOperations {
    private static final MemoryIO MEMORY = Native.MEMORY;

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

    /** libfuse unlocks at each flush, which the file system does by itself; it is there for the kernel to be told that we lock. */
    int lock(long path, long info, int command, long flock) {
        return 0;
    }

    /** As {@link #lock}; not called. */
    int flock(long path, long info, int operation) {
        return -Errno.ENOSYS.number();
    }

    /** {@code message}: {@code struct fuse_in_header}, {@code struct fuse_lk_in}. */
    void set(Receiver receiver, long message, boolean blocking, ValueAnswer<Void> answer) {
        int failed = guard.call("setlk", receiver.request(), () -> {
            LockRequest request = request(receiver, message, blocking);
            if (request.blocking()) {
                answer.byAnySignal();
            }
            fileSystem.setlk(request, answer);
            return 0;
        });
        answer.failed(failed);
    }

    /** {@code message}: as in {@link #set}. */
    void query(Receiver receiver, long message, ValueAnswer<LockState> answer) {
        int failed = guard.call("getlk", receiver.request(), () -> {
            fileSystem.getlk(request(receiver, message, false), answer);
            return 0;
        });
        answer.failed(failed);
    }

    private LockRequest request(Receiver receiver, long message, boolean blocking) throws ErrnoException {
        OpenHandle open = handles.get(MEMORY.getLong(message + RequestLayout.Lock.FH));
        inodes.learnt(open.node(), receiver.kernelNode());
        long lock = message + RequestLayout.Lock.LOCK;
        LockRequest.Kind kind = kind(MEMORY.getInt(lock + AnswerLayout.FileLock.TYPE));
        return new LockRequest(
                receiver.caller().ofProcess(MEMORY.getInt(lock + AnswerLayout.FileLock.PID)),
                open.node(),
                open.handle(),
                MEMORY.getLong(message + RequestLayout.Lock.OWNER),
                MEMORY.getLong(lock + AnswerLayout.FileLock.START),
                MEMORY.getLong(lock + AnswerLayout.FileLock.END),
                kind,
                (MEMORY.getInt(message + RequestLayout.Lock.FLAGS) & RequestLayout.Lock.FUSE_LK_FLOCK) != 0,
                blocking && kind != LockRequest.Kind.UNLOCK);
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
}
