package org.netcachefs.fuse.internal.kernel;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.netcachefs.fuse.Capability;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.Mount;
import org.netcachefs.fuse.Mount.UnmountMode;
import org.netcachefs.fuse.Mount.UnmountOutcome;
import org.netcachefs.fuse.MountException;
import org.netcachefs.fuse.MountException.Reason;
import org.netcachefs.fuse.MountRequest;
import org.netcachefs.fuse.Transport;
import org.netcachefs.fuse.internal.Guard;
import org.netcachefs.fuse.internal.Native;
import org.netcachefs.fuse.internal.mount.Fusermount;
import org.netcachefs.fuse.internal.mount.MountChecks;
import org.netcachefs.fuse.internal.mount.ServedMount;
import org.netcachefs.fuse.internal.mount.Unmounter;

/** Mounts by the kernel's own means and speaks its protocol on /dev/fuse: requests of up to 1 MiB. Thread-safe. */
public final class KernelTransport implements Transport {
    private final Consumer<Throwable> fatal;
    private final boolean byFusermount;

    private KernelTransport(Consumer<Throwable> fatal, boolean byFusermount) {
        this.fatal = fatal;
        this.byFusermount = byFusermount;
    }

    /** Root mounts by itself, others through fusermount3. {@code fatal} ends the process after an error that leaves it in doubt. */
    public static KernelTransport of(Consumer<Throwable> fatal) {
        return new KernelTransport(fatal, Native.libc().geteuid() != 0);
    }

    /** Mounts as other users than root do. */
    public static KernelTransport throughFusermount(Consumer<Throwable> fatal) {
        return new KernelTransport(fatal, true);
    }

    @Override
    public String name() {
        return "kernel";
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.of(
                Capability.RENAME_FLAGS,
                Capability.TMPFILE,
                Capability.LSEEK,
                Capability.COPY_FILE_RANGE,
                Capability.READDIRPLUS,
                Capability.NOTIFY,
                Capability.BYTE_NAMES,
                Capability.ENTRY_VALIDITY,
                Capability.INTERRUPT,
                Capability.SPLICE,
                Capability.NODES);
    }

    @Override
    public Mount mount(MountRequest request, FileSystem fileSystem) throws MountException {
        Optional<Path> helper = Fusermount.find();
        MountChecks.system(helper);
        Path mountPoint = MountChecks.resolve(request.mountPoint());
        MountChecks.mountPoint(mountPoint, request);
        Mounter mounter = byFusermount ? new FusermountMount(helper.orElseThrow()) : new DirectMount();
        KernelSession session = new KernelSession(
                mounter.mount(mountPoint, request),
                fileSystem,
                new Guard(fatal),
                workers(request),
                Math.max(workers(request), request.receivers()));
        begin(session, mountPoint, request, fileSystem);
        return ServedMount.whenReady(request, mountPoint, session);
    }

    /**
     * More than there are processors only get into each other's way: each request wakes one of them in vain. Two at least: one alone would be held up by whatever
     * is slow, and could never wait.
     */
    private static int workers(MountRequest request) {
        return Math.max(2, Math.min(request.receivers(), Runtime.getRuntime().availableProcessors()));
    }

    private static void begin(KernelSession session, Path mountPoint, MountRequest request, FileSystem fileSystem)
            throws MountException {
        boolean begun = false;
        try {
            session.negotiate(request.readahead());
            fileSystem.init(session.notifier());
            session.start();
            begun = true;
        } catch (ErrnoException e) {
            throw new MountException(
                    Reason.REFUSED, "the mount at " + mountPoint + " did not begin: " + e.getMessage());
        } finally {
            if (!begun) {
                session.close();
                UnmountOutcome ignored = Unmounter.unmount(mountPoint, UnmountMode.DETACH);
            }
        }
    }
}
