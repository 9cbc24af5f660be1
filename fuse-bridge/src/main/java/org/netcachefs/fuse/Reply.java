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
     * Runs {@code action} (short, never blocking, at most once) when the kernel says that nobody waits for the answer any
     * more; at once if it already said so. The request must still be answered, with {@link Errno#EINTR} if given up.
     */
    void onInterrupt(Runnable action);
}
