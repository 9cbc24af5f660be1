package org.netcachefs.fuse.internal.kernel;

import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.LockRequest;
import org.netcachefs.fuse.internal.protocol.AnswerLayout.FileLock;
import org.netcachefs.fuse.internal.protocol.Encoders;
import org.netcachefs.fuse.internal.protocol.Message;
import org.netcachefs.fuse.internal.protocol.RequestLayout.Lock;
import org.netcachefs.fuse.internal.protocol.ValueAnswer;

/** POSIX and flock locks. Thread-safe. */
final class LockRequests {
    private final FileSystem fileSystem;

    LockRequests(FileSystem fileSystem) {
        this.fileSystem = fileSystem;
    }

    void getlk(Request request) throws ErrnoException {
        fileSystem.getlk(lock(request, false), request.answer(Encoders.LOCK));
    }

    void setlk(Request request) throws ErrnoException {
        fileSystem.setlk(lock(request, false), request.answer(Encoders.NOTHING));
    }

    void setlkw(Request request) throws ErrnoException {
        LockRequest lock = lock(request, true);
        ValueAnswer<Void> reply = request.answer(Encoders.NOTHING);
        if (lock.blocking()) {
            reply.byAnySignal();
        }
        fileSystem.setlk(lock, reply);
    }

    private static LockRequest lock(Request request, boolean blocking) throws ErrnoException {
        Message message = request.message();
        LockRequest.Kind kind = kind(message.getInt(Lock.LOCK + FileLock.TYPE));
        return new LockRequest(
                request.caller().ofProcess(message.getInt(Lock.LOCK + FileLock.PID)),
                request.node(),
                message.getLong(Lock.FH),
                message.getLong(Lock.OWNER),
                message.getLong(Lock.LOCK + FileLock.START),
                message.getLong(Lock.LOCK + FileLock.END),
                kind,
                (message.getInt(Lock.FLAGS) & Lock.FUSE_LK_FLOCK) != 0,
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
