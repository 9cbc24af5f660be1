package org.netcachefs.fuse.internal.libfuse;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ReadReply;
import org.netcachefs.fuse.Segment;

/** A read's answer of at most {@code size} bytes, sent from memory of its own. Thread-safe. */
final class ReadAnswer extends Answer implements ReadReply {
    private final AnswerBuffers buffers;
    private final int size;
    private @Nullable AnswerBuffer memory;

    ReadAnswer(
            KernelChannel channel,
            InterruptDesk interrupts,
            AnswerBuffers buffers,
            Interruption interruption,
            int size) {
        super(channel, interrupts, interruption);
        this.buffers = buffers;
        this.size = size;
    }

    @Override
    public ByteBuffer buffer() {
        if (isAnswered()) {
            throw new IllegalStateException("the read was answered");
        }
        return memory().bytes(size);
    }

    private synchronized AnswerBuffer memory() {
        AnswerBuffer taken = memory;
        if (taken == null) {
            taken = buffers.take(size);
            memory = taken;
        }
        return taken;
    }

    @Override
    public boolean filled(int length) {
        if (length < 0 || length > size) {
            throw new IllegalArgumentException(length + " bytes for a read of " + size);
        }
        return claim() && sendBytes(length);
    }

    private boolean sendBytes(int length) {
        AnswerBuffer answer = memory();
        boolean taken = send(answer.address(), length, 0);
        buffers.giveBack(answer);
        return taken;
    }

    @Override
    boolean sendError(Errno errno) {
        // Not the memory that was lent, and not given back: whoever failed may still write to it.
        AnswerBuffer answer = buffers.take(0);
        boolean taken = send(answer.address(), 0, -errno.number());
        buffers.giveBack(answer);
        return taken;
    }

    @Override
    public boolean segments(List<Segment> pieces, Runnable released, Consumer<Errno> sourceFailed) {
        if (!claim()) {
            released.run();
            return false;
        }
        Errno failure = null;
        int total = 0;
        try {
            for (Segment piece : pieces) {
                failure = copy(piece, total);
                if (failure != null) {
                    break;
                }
                total += piece.length();
            }
        } catch (RuntimeException e) {
            boolean ignored = sendError(Errno.EIO);
            released.run();
            throw e;
        }
        if (failure != null) {
            takeBack();
            released.run();
            sourceFailed.accept(failure);
            return true;
        }
        released.run();
        return sendBytes(total);
    }

    /** Copies one piece to {@code position} of the answer; the errno if it cannot be read in full. */
    private @Nullable Errno copy(Segment piece, int position) {
        if (piece.length() > size - position) {
            throw new IllegalArgumentException("more bytes than the " + size + " asked for");
        }
        if (!piece.isRegion()) {
            memory().bytes(size).position(position).put(piece.bytes().duplicate());
            return null;
        }
        long target = memory().dataAddress() + position;
        int done = 0;
        while (done < piece.length()) {
            long count = Native.libc()
                    .pread(piece.descriptor(), target + done, piece.length() - done, piece.position() + done);
            Errno errno = count < 0 ? Native.lastErrno() : Errno.EIO;
            if (count <= 0 && errno != Errno.EINTR) {
                return errno;
            }
            done += (int) Math.max(0, count);
        }
        return null;
    }
}
