package org.netcachefs.fuse.internal.libfuse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.netcachefs.fuse.Capability;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.Mount;
import org.netcachefs.fuse.MountEntry;
import org.netcachefs.fuse.MountException;
import org.netcachefs.fuse.MountException.Reason;
import org.netcachefs.fuse.MountRequest;
import org.netcachefs.fuse.Transport;
import org.netcachefs.fuse.internal.Guard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Mounts through libfuse 2: portable and unprivileged, requests of at most 128 KiB. Thread-safe. */
public final class LibfuseTransport implements Transport {
    private static final Logger LOG = LoggerFactory.getLogger(LibfuseTransport.class);

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
        return EnumSet.of(Capability.BYTE_NAMES, Capability.INTERRUPT);
    }

    @Override
    public Mount mount(MountRequest request, FileSystem fileSystem) throws MountException {
        LibFuse lib = Native.libfuse();
        MountChecks.system();
        Path mountPoint = MountChecks.resolve(request.mountPoint());
        MountChecks.mountPoint(mountPoint, request);
        LibfuseSession session =
                LibfuseSession.mount(lib, MountOptions.arguments(mountPoint, request), fileSystem, new Guard(fatal));
        fileSystem.init(session.notifier());
        session.start(request.receivers());
        return ready(request, mountPoint, session);
    }

    private static Mount ready(MountRequest request, Path mountPoint, LibfuseSession session) throws MountException {
        Optional<MountEntry> entry = Unmounter.find(mountPoint);
        if (entry.isEmpty()) {
            throw new MountException(Reason.REFUSED, "the mount at " + mountPoint + " went away at once");
        }
        LibfuseMount mount = new LibfuseMount(session, entry.get());
        if (!Probe.start(mountPoint).answered(request.timeout().toMillis()) || session.isEnded()) {
            mount.unmount(Mount.UnmountMode.ABORT);
            throw new MountException(
                    Reason.REFUSED,
                    "the mount at " + mountPoint + " did not answer within "
                            + request.timeout().toSeconds() + " s");
        }
        raiseReadahead(entry.get(), request.readahead());
        return mount;
    }

    /** The kernel reads ahead 128 KiB unless told otherwise, which only root may. */
    private static void raiseReadahead(MountEntry entry, int bytes) {
        Path setting = Path.of("/sys/class/bdi", entry.major() + ":" + entry.minor(), "read_ahead_kb");
        if (bytes <= 0 || !Files.isWritable(setting)) {
            return;
        }
        try {
            Files.writeString(setting, Integer.toString(bytes >> 10), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            LOG.debug("readahead stays as it is: {}", e.toString());
        }
    }
}
