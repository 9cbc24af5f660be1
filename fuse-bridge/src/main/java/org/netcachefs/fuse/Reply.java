package org.netcachefs.fuse;

/**
 * Where the answer to one request goes. Exactly one of {@link #ok} and {@link #error} is called, once, from any thread; a
 * second answer is ignored and logged. Thread-safe.
 */
public interface Reply<T> {
    /** Answers. False when the kernel did not take it (interrupted, unmounted): the caller undoes what it made. */
    boolean ok(T value);

    /** Answers with an error. False when the kernel did not take it. */
    boolean error(Errno errno);

    /**
     * Runs {@code action} (short, never blocking, at most once) when the request is to be given up: the thread that waits is being
     * killed, or has a signal to handle and has waited for some seconds, or waits for a lock; at once if so already. The request must
     * still be answered, with {@link Errno#EINTR} if given up.
     */
    void onInterrupt(Runnable action);
}
