package org.netcachefs.fuse.internal.libfuse;

import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.LockRequest;
import org.netcachefs.fuse.LockState;
import org.netcachefs.fuse.Reply;

/** The answer to who asked which lock is in the way. Thread-safe. */
final class LockQueryAnswer extends Answer implements Reply<LockState> {
    private final AnswerBuffers buffers;

    LockQueryAnswer(KernelChannel channel, InterruptDesk interrupts, AnswerBuffers buffers, Interruption interruption) {
        super(channel, interrupts, interruption);
        this.buffers = buffers;
    }

    @Override
    public boolean ok(LockState state) {
        if (!claim()) {
            return false;
        }
        AnswerBuffer answer = buffers.take(Layout.FileLock.SIZE);
        long lock = answer.dataAddress();
        Native.MEMORY.putLong(lock + Layout.FileLock.START, state.start());
        Native.MEMORY.putLong(lock + Layout.FileLock.END, state.endInclusive());
        Native.MEMORY.putInt(lock + Layout.FileLock.TYPE, type(state.kind()));
        Native.MEMORY.putInt(lock + Layout.FileLock.PID, state.pid());
        return sent(answer, Layout.FileLock.SIZE, 0);
    }

    /** F_RDLCK, F_WRLCK, F_UNLCK. */
    private static int type(LockRequest.Kind kind) {
        return switch (kind) {
            case READ -> 0;
            case WRITE -> 1;
            case UNLOCK -> 2;
        };
    }

    @Override
    boolean sendError(Errno errno) {
        return sent(buffers.take(0), 0, -errno.number());
    }

    private boolean sent(AnswerBuffer answer, int length, int negativeErrno) {
        boolean taken = send(answer.address(), length, negativeErrno);
        buffers.giveBack(answer);
        return taken;
    }
}
