package org.netcachefs.fuse.internal.protocol;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.internal.Native;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answer to one request, sent to the kernel by the thread that has it: no receiver waits for it, so any number may be
 * outstanding. Thread-safe.
 */
public abstract class Answer {
    private static final Logger LOG = LoggerFactory.getLogger(Answer.class);
    private static final AtomicIntegerFieldUpdater<Answer> STATE =
            AtomicIntegerFieldUpdater.newUpdater(Answer.class, "state");
    private static final int OPEN = 0;
    private static final int ANSWERING = 1;
    private static final int ANSWERED = 2;

    private final Origin origin;
    private final long request;
    private final int thread;
    /** {@link #OPEN} at first. */
    private volatile int state;

    private volatile boolean byAnySignal;
    /** Made when somebody cares. */
    private volatile @Nullable Interruption interruption;

    /** {@code thread} is who waits, 0 when it cannot be seen from here. */
    Answer(Origin origin, long request, int thread) {
        this.origin = origin;
        this.request = request;
        this.thread = thread;
    }

    final Origin origin() {
        return origin;
    }

    /** Any signal ends the wait at once, as programs expect of a lock they wait for. */
    public final void byAnySignal() {
        byAnySignal = true;
    }

    /** True for exactly one caller, who must go on to {@link #send} or {@link #takeBack}. */
    final boolean claim() {
        boolean claimed = STATE.compareAndSet(this, OPEN, ANSWERING);
        if (!claimed) {
            LOG.debug("a second answer to request {} was ignored", Long.toHexString(request));
        }
        return claimed;
    }

    /** The claimed answer could not be made: another one may come. */
    final void takeBack() {
        state = OPEN;
    }

    /** It is answered, or just being. */
    final boolean isClaimed() {
        return state != OPEN;
    }

    public final boolean isAnswered() {
        return state == ANSWERED;
    }

    /** Sends a claimed answer: {@code length} bytes lie behind room for the header at {@code address}. */
    final boolean send(long address, int length, int negativeErrno) {
        putHeader(address, length, negativeErrno);
        return answered(origin.channel().send(address, AnswerLayout.Header.SIZE + length));
    }

    /** As {@link #send}, of what lies in a buffer that is not needed afterwards. */
    final boolean sendAndGiveBack(AnswerBuffer answer, int length, int negativeErrno) {
        boolean taken = send(answer.address(), length, negativeErrno);
        origin.buffers().giveBack(answer);
        return taken;
    }

    final void putHeader(long address, int length, int negativeErrno) {
        Native.MEMORY.putInt(address + AnswerLayout.Header.LEN, AnswerLayout.Header.SIZE + length);
        Native.MEMORY.putInt(address + AnswerLayout.Header.ERROR, negativeErrno);
        Native.MEMORY.putLong(address + AnswerLayout.Header.UNIQUE, request);
    }

    /** The answer was sent, and {@code taken} or not; returns that. */
    final boolean answered(boolean taken) {
        state = ANSWERED;
        forgetInterrupts();
        return taken;
    }

    public final boolean error(Errno errno) {
        return claim() && sendError(errno);
    }

    /** {@code result} of the call of the file system, negative if it threw: that is the answer, unless there was one before. */
    public final void failed(int result) {
        if (result < 0 && !isAnswered()) {
            boolean ignored = error(Errno.of(-result));
        }
    }

    /** Sends a claimed answer that is an error; not from memory that was lent: whoever failed may still write to it. */
    boolean sendError(Errno errno) {
        return sendAndGiveBack(origin.buffers().take(0), 0, -errno.number());
    }

    private void forgetInterrupts() {
        Interruption waiter = interruption;
        if (waiter != null) {
            origin.interrupts().unregister(waiter);
            waiter.clear();
        }
    }

    public final void onInterrupt(Runnable action) {
        Interruption waiter = interruption();
        waiter.onGivenUp(action);
        origin.interrupts().register(waiter);
        if (isAnswered()) {
            forgetInterrupts();
        }
    }

    private synchronized Interruption interruption() {
        Interruption waiter = interruption;
        if (waiter == null) {
            waiter = new Interruption(request, thread);
            if (byAnySignal) {
                waiter.byAnySignal();
            }
            interruption = waiter;
        }
        return waiter;
    }
}
