package org.netcachefs.fuse.internal.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.Mount.UnmountMode;
import org.netcachefs.fuse.Mount.UnmountOutcome;
import org.netcachefs.fuse.MountEntry;
import org.netcachefs.fuse.MountException;
import org.netcachefs.fuse.MountException.Reason;
import org.netcachefs.fuse.MountRequest;
import org.netcachefs.fuse.internal.Native;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is looked at before a mount, so that what is wrong is said in one line. */
public final class MountChecks {
    private static final Logger LOG = LoggerFactory.getLogger(MountChecks.class);
    private static final Path DEVICE = Path.of("/dev/fuse");
    private static final long ALIVE_MILLIS = 2000;

    private MountChecks() {}

    /** {@code helper} is needed by other users than root. */
    public static void system(Optional<Path> helper) throws MountException {
        if (!Files.exists(DEVICE)) {
            throw new MountException(
                    Reason.SYSTEM_MISSING,
                    "/dev/fuse is missing; load the kernel module with: modprobe fuse (in a container, pass --device"
                            + " /dev/fuse)");
        }
        if (!Files.isReadable(DEVICE) || !Files.isWritable(DEVICE)) {
            throw new MountException(
                    Reason.SYSTEM_MISSING,
                    "/dev/fuse may not be opened by this user; allow it with: chmod 666 /dev/fuse");
        }
        if (Native.libc().geteuid() != 0 && helper.isEmpty()) {
            throw new MountException(
                    Reason.SYSTEM_MISSING, "fusermount is missing; install it with: apt-get install fuse3");
        }
    }

    /** Cleans up dead mounts of ours, then looks at the mount point. */
    public static void mountPoint(Path mountPoint, MountRequest request) throws MountException {
        removeDead(mountPoint, "fuse." + request.subtype());
        if (Files.isDirectory(mountPoint)) {
            return;
        }
        String what = Files.exists(mountPoint) ? " is not a directory" : " does not exist";
        throw new MountException(Reason.MOUNT_POINT, "mount point " + mountPoint + what);
    }

    private static void removeDead(Path mountPoint, String type) throws MountException {
        for (Optional<MountEntry> entry = Unmounter.find(mountPoint);
                entry.isPresent() && entry.get().type().equals(type);
                entry = Unmounter.find(mountPoint)) {
            if (!isDead(entry.get())) {
                throw new MountException(
                        Reason.MOUNT_POINT,
                        mountPoint + " is already a mount of " + entry.get().source());
            }
            LOG.info("cleaning up the mount a dead daemon left at {}", mountPoint);
            if (Unmounter.unmount(entry.get(), UnmountMode.DETACH) != UnmountOutcome.UNMOUNTED) {
                throw new MountException(
                        Reason.MOUNT_POINT,
                        "a dead mount is left at " + mountPoint + "; remove it with: umount -l " + mountPoint);
            }
        }
    }

    /** Whether nobody answers any more; one that does not answer in time is not known to be dead. */
    private static boolean isDead(MountEntry entry) {
        return Probe.of(Path.of(entry.mountPoint()), ALIVE_MILLIS)
                .filter(errno -> errno == Errno.ENOTCONN || errno == Errno.ECONNABORTED)
                .isPresent();
    }

    /** The directory a relative or symbolic path leads to; its parents are looked at, what is mounted there is not. */
    public static Path resolve(Path mountPoint) {
        Path absolute = mountPoint.toAbsolutePath().normalize();
        try {
            Path parent = absolute.getParent();
            Path name = absolute.getFileName();
            if (parent == null || name == null) {
                return absolute;
            }
            Path resolved = parent.toRealPath().resolve(name);
            boolean covered = Unmounter.find(resolved).isPresent();
            return !covered && Files.isSymbolicLink(resolved) ? resolved.toRealPath() : resolved;
        } catch (IOException e) {
            return absolute;
        }
    }
}
