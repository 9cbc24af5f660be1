package org.netcachefs.fuse;

import org.jspecify.annotations.Nullable;

/**
 * A thread of a transport that receives requests and hands them to the {@link FileSystem}. It must not be kept waiting, unless it was asked
 * before: then others receive meanwhile. One that is held up all the same is replaced after a second or two.
 */
public abstract class ReceivingThread extends Thread {
    private boolean asked;

    protected ReceivingThread(String name, long stackBytes) {
        super(null, null, name, stackBytes);
    }

    /** The calling thread if it is one of these; else null. */
    public static @Nullable ReceivingThread current() {
        return Thread.currentThread() instanceof ReceivingThread receiving ? receiving : null;
    }

    /**
     * Whether it may wait, for however long, until the request it serves has been served: true only if another one receives meanwhile. To be
     * asked by the thread itself.
     */
    public abstract boolean mayWait();

    /** True when the thread itself asks for the first time: what it needs before it may do more than receive is due. */
    public final boolean isFirstTime() {
        boolean first = !asked;
        asked = true;
        return first;
    }
}
