package org.netcachefs.fuse.internal.libfuse;

import java.util.concurrent.atomic.AtomicInteger;
import org.netcachefs.fuse.Errno;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answer to one read or write, sent to the kernel by the thread that has it: no receiver waits for it, so any number may be
 * outstanding. Thread-safe.
 */
abstract class Answer {
    private static final Logger LOG = LoggerFactory.getLogger(Answer.class);
    private static final int OPEN = 0;
    private static final int ANSWERING = 1;
    private static final int ANSWERED = 2;

    private final KernelChannel channel;
    private final InterruptDesk interrupts;
    private final Interruption interruption;
    private final AtomicInteger state = new AtomicInteger(OPEN);
    private volatile boolean registered;

    Answer(KernelChannel channel, InterruptDesk interrupts, Interruption interruption) {
        this.channel = channel;
        this.interrupts = interrupts;
        this.interruption = interruption;
    }

    /** True for exactly one caller, who must go on to {@link #send} or {@link #takeBack}. */
    final boolean claim() {
        boolean claimed = state.compareAndSet(OPEN, ANSWERING);
        if (!claimed) {
            LOG.debug("a second answer to request {} was ignored", Long.toHexString(interruption.request()));
        }
        return claimed;
    }

    /** The claimed answer could not be made: another one may come. */
    final void takeBack() {
        state.set(OPEN);
    }

    final boolean isAnswered() {
        return state.get() == ANSWERED;
    }

    /** Sends a claimed answer: {@code length} bytes lie behind room for the header at {@code address}. */
    final boolean send(long address, int length, int negativeErrno) {
        Native.MEMORY.putInt(address + Layout.OutHeader.LENGTH, Layout.OutHeader.SIZE + length);
        Native.MEMORY.putInt(address + Layout.OutHeader.ERROR, negativeErrno);
        Native.MEMORY.putLong(address + Layout.OutHeader.UNIQUE, interruption.request());
        boolean taken = channel.send(address, Layout.OutHeader.SIZE + length);
        state.set(ANSWERED);
        if (registered) {
            forgetInterrupts();
        }
        return taken;
    }

    public final boolean error(Errno errno) {
        return claim() && sendError(errno);
    }

    /** {@code result} of the call of the file system, negative if it threw: that is the answer, unless there was one before. */
    final void failed(int result) {
        if (result < 0 && !isAnswered()) {
            boolean ignored = error(Errno.of(-result));
        }
    }

    /** Sends a claimed answer that is an error. */
    abstract boolean sendError(Errno errno);

    private void forgetInterrupts() {
        interrupts.unregister(interruption);
        interruption.clear();
    }

    public final void onInterrupt(Runnable action) {
        registered = true;
        interruption.onGivenUp(action);
        interrupts.register(interruption);
        if (isAnswered()) {
            forgetInterrupts();
        }
    }
}
