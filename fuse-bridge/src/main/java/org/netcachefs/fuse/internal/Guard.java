package org.netcachefs.fuse.internal;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place every operation of a transport passes through: it lets no {@link Throwable} out (to the kernel that would
 * read as success or as end of file), turns what was thrown into an errno, counts and traces. Thread-safe.
 *
 * <p>An error that leaves the process in doubt ({@link OutOfMemoryError}, {@link LinkageError}) goes to {@code fatal}, which
 * is expected to end the process; if it returns, the operation fails with EIO.
 */
public final class Guard {
    private static final Logger LOG = LoggerFactory.getLogger(Guard.class);

    private final Consumer<Throwable> fatal;
    private final LongAdder calls = new LongAdder();
    private final LongAdder surprises = new LongAdder();

    public Guard(Consumer<Throwable> fatal) {
        this.fatal = fatal;
    }

    /** An operation's body: a result of 0 or more. */
    @FunctionalInterface
    public interface Body {
        int run() throws ErrnoException;
    }

    /** The body's result, or the negative errno of what it threw. {@code request} is its number in the trace. */
    public int call(String operation, long request, Body body) {
        calls.increment();
        int result;
        try {
            result = body.run();
        } catch (Throwable failure) {
            result = -errnoOf(failure, operation, request).number();
        }
        if (LOG.isTraceEnabled()) {
            LOG.trace("R={} {} e={}", String.format("%08x", request), operation, result);
        }
        return result;
    }

    /** The errno a caller sees for {@code failure}; what is no ordinary outcome is logged with its stack trace. */
    public Errno errnoOf(Throwable failure, String operation, long request) {
        if (failure instanceof ErrnoException known) {
            return known.errno();
        }
        surprises.increment();
        if (failure instanceof OutOfMemoryError || failure instanceof LinkageError) {
            fatal.accept(failure);
            return Errno.EIO;
        }
        report(failure, operation, request);
        return Errno.EIO;
    }

    /** Operations so far. */
    public long calls() {
        return calls.sum();
    }

    /** Operations that threw something other than an {@link ErrnoException}. */
    public long surprises() {
        return surprises.sum();
    }

    private static void report(Throwable failure, String operation, long request) {
        try {
            LOG.warn("R={} {} failed unexpectedly", String.format("%08x", request), operation, failure);
        } catch (Throwable logging) {
            // A logger that fails must not change the answer.
        }
    }
}
