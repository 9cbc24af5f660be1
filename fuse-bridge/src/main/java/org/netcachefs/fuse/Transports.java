package org.netcachefs.fuse;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.netcachefs.fuse.Mount.UnmountMode;
import org.netcachefs.fuse.Mount.UnmountOutcome;
import org.netcachefs.fuse.internal.kernel.KernelTransport;
import org.netcachefs.fuse.internal.libfuse.LibfuseTransport;
import org.netcachefs.fuse.internal.mount.Unmounter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where transports come from. Thread-safe. */
public final class Transports {
    private static final Logger LOG = LoggerFactory.getLogger(Transports.class);
    private static final int FATAL_STATUS = 4;

    private Transports() {}

    /** libfuse 2; an {@link OutOfMemoryError} or {@link LinkageError} in the file system halts the process with status 4. */
    public static Transport libfuse() {
        return libfuse(Transports::halt);
    }

    /** As {@link #libfuse()}, with another end: {@code fatal} gets the error, on the thread it occurred. */
    public static Transport libfuse(Consumer<Throwable> fatal) {
        return new LibfuseTransport(fatal);
    }

    /** The kernel's own protocol on /dev/fuse; fatal errors as in {@link #libfuse()}. */
    public static Transport kernel() {
        return kernel(Transports::halt);
    }

    /** As {@link #kernel()}, with another end: {@code fatal} gets the error, on the thread it occurred. */
    public static Transport kernel(Consumer<Throwable> fatal) {
        return KernelTransport.of(fatal);
    }

    /**
     * Unmounts the FUSE mount topmost at {@code mountPoint}, whoever made it, also one left by a dead process; UNMOUNTED when
     * nothing is mounted there, REFUSED when what is there is no FUSE mount. Touches nothing in it, returns within seconds.
     */
    public static UnmountOutcome unmount(Path mountPoint, UnmountMode mode) {
        return Unmounter.unmount(mountPoint, mode);
    }

    private static void halt(Throwable error) {
        try {
            LOG.error("the process cannot go on", error);
        } finally {
            Runtime.getRuntime().halt(FATAL_STATUS);
        }
    }
}
