package org.netcachefs.fuse.internal.libfuse;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import org.netcachefs.fuse.Capability;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.Mount;
import org.netcachefs.fuse.MountException;
import org.netcachefs.fuse.MountRequest;
import org.netcachefs.fuse.Transport;
import org.netcachefs.fuse.internal.Guard;
import org.netcachefs.fuse.internal.mount.Fusermount;
import org.netcachefs.fuse.internal.mount.MountChecks;
import org.netcachefs.fuse.internal.mount.ServedMount;

/** Mounts through libfuse 2: portable and unprivileged, requests of at most 128 KiB. Thread-safe. */
public final class LibfuseTransport implements Transport {
    private final Consumer<Throwable> fatal;

    /** {@code fatal} ends the process after an error that leaves it in doubt. */
    public LibfuseTransport(Consumer<Throwable> fatal) {
        this.fatal = fatal;
    }

    @Override
    public String name() {
        return "libfuse";
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.of(Capability.BYTE_NAMES, Capability.INTERRUPT, Capability.SPLICE);
    }

    @Override
    public Mount mount(MountRequest request, FileSystem fileSystem) throws MountException {
        LibFuse lib = LibFuseLibrary.get();
        MountChecks.system(Fusermount.findForLibfuse());
        Path mountPoint = MountChecks.resolve(request.mountPoint());
        MountChecks.mountPoint(mountPoint, request);
        LibfuseSession session =
                LibfuseSession.mount(lib, MountOptions.arguments(mountPoint, request), fileSystem, new Guard(fatal));
        fileSystem.init(session.notifier());
        session.start(request.receivers());
        return ServedMount.whenReady(request, mountPoint, session);
    }
}
