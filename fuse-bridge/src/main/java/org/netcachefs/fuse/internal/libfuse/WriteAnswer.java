package org.netcachefs.fuse.internal.libfuse;

import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.Reply;

/** A write's answer: the number of bytes written. Thread-safe. */
final class WriteAnswer extends Answer implements Reply<Integer> {
    private static final int SIZE = 8;

    private final AnswerBuffers buffers;

    WriteAnswer(KernelChannel channel, InterruptDesk interrupts, AnswerBuffers buffers, Interruption interruption) {
        super(channel, interrupts, interruption);
        this.buffers = buffers;
    }

    @Override
    public boolean ok(Integer written) {
        return claim() && answer(SIZE, written, 0);
    }

    @Override
    boolean sendError(Errno errno) {
        return answer(0, 0, -errno.number());
    }

    private boolean answer(int length, long written, int negativeErrno) {
        AnswerBuffer answer = buffers.take(SIZE);
        Native.MEMORY.putLong(answer.dataAddress(), written);
        boolean taken = send(answer.address(), length, negativeErrno);
        buffers.giveBack(answer);
        return taken;
    }
}
