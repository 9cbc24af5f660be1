package org.netcachefs.fuse.internal.libfuse;

import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.Reply;

/** The answer to who asked for a lock, however long he waits. Thread-safe. */
final class LockAnswer extends Answer implements Reply<Void> {
    private final AnswerBuffers buffers;

    LockAnswer(KernelChannel channel, InterruptDesk interrupts, AnswerBuffers buffers, Interruption interruption) {
        super(channel, interrupts, interruption);
        this.buffers = buffers;
    }

    @Override
    public boolean ok(Void granted) {
        return claim() && answer(0);
    }

    @Override
    boolean sendError(Errno errno) {
        return answer(-errno.number());
    }

    private boolean answer(int negativeErrno) {
        AnswerBuffer answer = buffers.take(0);
        boolean taken = send(answer.address(), 0, negativeErrno);
        buffers.giveBack(answer);
        return taken;
    }
}
