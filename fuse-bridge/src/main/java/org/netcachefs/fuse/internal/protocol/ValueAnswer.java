package org.netcachefs.fuse.internal.protocol;

import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.Reply;

/** An answer that is one value. Thread-safe. */
public final class ValueAnswer<T> extends Answer implements Reply<T> {
    private final Encoder<T> encoder;

    /** To {@code request} of {@code thread} (0: unknown). */
    public ValueAnswer(Origin origin, long request, int thread, Encoder<T> encoder) {
        super(origin, request, thread);
        this.encoder = encoder;
    }

    @Override
    public boolean ok(T value) {
        return claim() && send(value);
    }

    /** Answers without a value. False when the kernel did not take it. */
    public boolean succeed() {
        return claim() && sendAndGiveBack(origin().buffers().take(0), 0, 0);
    }

    private boolean send(T value) {
        AnswerBuffer answer;
        int size;
        try {
            size = encoder.size(value);
            answer = origin().buffers().take(size);
            encoder.put(answer.dataAddress(), value);
        } catch (ErrnoException e) {
            return sendError(e.errno());
        } catch (RuntimeException e) {
            boolean ignored = sendError(Errno.EIO);
            throw e;
        }
        return sendAndGiveBack(answer, size, 0);
    }
}
