package org.netcachefs.daemon.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.netcachefs.daemon.netfs.Coherency;
import org.netcachefs.fuse.MountEntry;
import org.netcachefs.fuse.MountTable;

/** Refuses what cannot be mounted before anything is made or mounted. */
public final class MountChecks {
    private static final Set<String> REMOTE = Set.of(
            "nfs",
            "nfs3",
            "nfs4",
            "cifs",
            "smb3",
            "smbfs",
            "9p",
            "afs",
            "ceph",
            "lustre",
            "beegfs",
            "pvfs2",
            "orangefs",
            "coda",
            "ncpfs",
            "virtiofs",
            "fuse");

    private final MountTable mounts;

    public MountChecks(MountTable mounts) {
        this.mounts = mounts;
    }

    /** The directory to cache, without symbolic links. Touches upstream: may hang with it. */
    public static Path upstream(Path given) throws RefusedException {
        Path real;
        try {
            real = given.toRealPath();
        } catch (IOException e) {
            throw new RefusedException(ExitCode.UPSTREAM, "upstream " + given + ": " + Reasons.of(e));
        }
        if (!Files.isDirectory(real)) {
            throw new RefusedException(ExitCode.UPSTREAM, "upstream " + given + ": not a directory");
        }
        if (!Files.isReadable(real) || !Files.isExecutable(real)) {
            throw new RefusedException(ExitCode.UPSTREAM, "upstream " + given + ": not readable by this user");
        }
        return real;
    }

    /** What is compared with upstream must come from upstream; {@code asksUpstream}: not from what its client holds. */
    public static void coherency(MountPlan plan, boolean asksUpstream) throws RefusedException {
        CoherencyMode mode = plan.options().get(MountOptions.COHERENCY);
        boolean compares = mode.coherency() != Coherency.IMMUTABLE;
        if (compares && !asksUpstream && !plan.options().get(MountOptions.ACCEPT_STALE)) {
            throw new RefusedException(
                    ExitCode.USAGE,
                    "--coherency=" + mode + " cannot be kept: upstream " + plan.upstream()
                            + " is mounted so that its client does not see changes (9p with cache=loose);"
                            + " mount it with cache=none, or give --accept-stale");
        }
    }

    /** Each user is to have his own rights upstream, which the daemon can give itself only with all of these. */
    public static void capabilities(List<String> missing) throws RefusedException {
        if (!missing.isEmpty()) {
            throw new RefusedException(
                    ExitCode.NOT_PERMITTED,
                    "--allow-other: this process of root lacks " + String.join(" and ", missing)
                            + ", needed to act for other users; give it that (CapabilityBoundingSet= of its unit, --cap-add of its"
                            + " container), or mount without --allow-other");
        }
    }

    /** What is there already must be a directory. */
    static void cache(Path given) throws RefusedException {
        if (Files.exists(given) && !Files.isDirectory(given)) {
            throw new RefusedException(ExitCode.USAGE, "cache " + given + ": not a directory");
        }
    }

    /** Whether this user can mount with FUSE at all. */
    public static void device(Path device) throws RefusedException {
        if (!Files.exists(device)) {
            throw new RefusedException(
                    ExitCode.SYSTEM,
                    device + " is missing, which --transport=libfuse needs too; as root: modprobe fuse");
        }
        if (!Files.isReadable(device) || !Files.isWritable(device)) {
            throw new RefusedException(ExitCode.SYSTEM, device + ": permission denied; as root: chmod 666 " + device);
        }
    }

    /** The directory to mount on, without symbolic links. Nothing below a mount of ours is touched. */
    public Path mountPoint(Path given) throws RefusedException {
        Path absolute = given.toAbsolutePath().normalize();
        refuseMounted(absolute);
        Path real;
        try {
            real = absolute.toRealPath();
        } catch (IOException e) {
            throw new RefusedException(
                    ExitCode.MOUNT_POINT, "mount point " + given + ": " + Reasons.of(e) + "; make it with 'mkdir -p'");
        }
        refuseMounted(real);
        if (!Files.isDirectory(real)) {
            throw new RefusedException(ExitCode.MOUNT_POINT, "mount point " + given + ": not a directory");
        }
        return real;
    }

    private void refuseMounted(Path mountPoint) throws RefusedException {
        boolean ours = mounts.at(mountPoint).filter(MountChecks::isOurs).isPresent();
        if (ours) {
            throw new RefusedException(
                    ExitCode.MOUNT_POINT,
                    "mount point " + mountPoint + ": already a netcachefs mount; 'netcachefs umount' it first");
        }
    }

    /** Whether the topmost mount at {@code mountPoint} is one of ours whose daemon has died. Hangs if that daemon hangs. */
    public boolean isDead(Path mountPoint) {
        if (mounts.at(mountPoint).filter(MountChecks::isOurs).isEmpty()) {
            return false;
        }
        try (Stream<Path> children = Files.list(mountPoint)) {
            children.limit(1).forEach(child -> {});
            return false;
        } catch (IOException e) {
            return Reasons.of(e).contains("not connected");
        }
    }

    public static boolean isOurs(MountEntry mount) {
        return mount.type().equals("fuse.netcachefs");
    }

    /** Refuses what would make the daemon wait for itself, or the cache be no faster than upstream. */
    public void nesting(MountPlan plan) throws RefusedException {
        trees(plan.upstream(), plan.mountPoint());
        for (MountPlan.Needed needed : plan.needed()) {
            if (resolved(needed.place()).startsWith(plan.mountPoint())) {
                throw nested(needed.what() + " " + needed.place() + " lies below the mount point " + plan.mountPoint()
                        + "; " + needed.remedy());
            }
        }
        if (!plan.options().get(MountOptions.FORCE)) {
            cacheIsLocal(plan);
        }
    }

    private static void trees(Path upstream, Path mountPoint) throws RefusedException {
        if (upstream.equals(mountPoint)) {
            return;
        }
        if (upstream.startsWith(mountPoint)) {
            throw nested("upstream " + upstream + " lies below the mount point " + mountPoint
                    + "; mount upstream over itself, or elsewhere");
        }
        if (mountPoint.startsWith(upstream)) {
            throw nested("mount point " + mountPoint + " lies below upstream " + upstream
                    + "; mount upstream over itself, or elsewhere");
        }
    }

    private void cacheIsLocal(MountPlan plan) throws RefusedException {
        Path cache = resolved(plan.cacheDirectory());
        if (cache.startsWith(plan.upstream())) {
            throw nested("cache " + cache + " lies in upstream " + plan.upstream()
                    + "; choose another with --cache (or --force)");
        }
        String type = mounts.holding(cache).map(MountEntry::type).orElse("");
        if (REMOTE.contains(type) || type.startsWith("fuse.")) {
            throw nested("cache " + cache + " is on a " + type
                    + " file system, not on a local disk; choose another with --cache (or --force)");
        }
    }

    /** The path without symbolic links as far as it exists. */
    private static Path resolved(Path path) {
        Path existing = path;
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        try {
            return existing.toRealPath().resolve(existing.relativize(path)).normalize();
        } catch (IOException e) {
            return path;
        }
    }

    private static RefusedException nested(String message) {
        return new RefusedException(ExitCode.NESTED, message);
    }
}
