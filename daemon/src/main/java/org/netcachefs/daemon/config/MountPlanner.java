package org.netcachefs.daemon.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.netcachefs.daemon.upstream.VolumeKeys;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.MountTable;
import org.netcachefs.store.VolumeKey;

/** Makes a {@link MountPlan} of what a user typed, or refuses it; makes and mounts nothing. */
public final class MountPlanner {
    private static final Path FUSE = Path.of("/dev/fuse");

    private final Surroundings surroundings;
    private final OptionValues options;

    public MountPlanner(Surroundings surroundings, OptionValues options) {
        this.surroundings = surroundings;
        this.options = options;
    }

    /** Looks at upstream and the mount point, for as long as {@code mount-timeout}: either may hang. */
    public MountPlan plan(String upstream, String mountPoint) throws RefusedException {
        ComponentConfigs.netfs(options);
        requireRootForOthers();
        long millis = options.get(MountOptions.MOUNT_TIMEOUT).toMillis();
        CompletableFuture<MountPlan> plan = new CompletableFuture<>();
        Thread looker = new Thread(
                () -> {
                    try {
                        plan.complete(look(path("upstream", upstream), path("mount point", mountPoint)));
                    } catch (RefusedException | RuntimeException e) {
                        plan.completeExceptionally(e);
                    }
                },
                "look-at-upstream");
        looker.setDaemon(true);
        looker.start();
        return await(plan, millis, upstream);
    }

    private void requireRootForOthers() throws RefusedException {
        if (options.get(MountOptions.ALLOW_OTHER) && !surroundings.isRoot()) {
            throw new RefusedException(
                    ExitCode.USAGE,
                    "--allow-other: mount as root; a daemon of user " + surroundings.user()
                            + " would give everybody that user's rights upstream");
        }
    }

    private static MountPlan await(CompletableFuture<MountPlan> plan, long millis, String upstream)
            throws RefusedException {
        try {
            return plan.get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new RefusedException(
                    ExitCode.UNREACHABLE,
                    "upstream " + upstream + ": did not answer within " + millis / 1000 + " s (--mount-timeout)");
        } catch (InterruptedException e) {
            throw new RefusedException(ExitCode.INTERRUPTED, "interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RefusedException refused) {
                throw new RefusedException(refused.code(), String.valueOf(refused.getMessage()));
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private MountPlan look(Path upstream, Path mountPoint) throws RefusedException {
        removeDead(mountPoint.toAbsolutePath().normalize());
        MountChecks checks = new MountChecks(table());
        Path realUpstream = MountChecks.upstream(upstream);
        Path realMountPoint = checks.mountPoint(mountPoint);
        VolumeKey volume = volume(realUpstream);
        MountPlan plan = new MountPlan(
                realUpstream, realMountPoint, volume, VolumeKeys.volumeName(volume), surroundings, options);
        checks.nesting(plan);
        MountChecks.cache(plan.cacheDirectory());
        MountChecks.device(FUSE);
        size(plan);
        return plan;
    }

    /** Done first: upstream may lie below, when it was mounted over itself. */
    private static void removeDead(Path mountPoint) throws RefusedException {
        if (new MountChecks(table()).isDead(mountPoint)) {
            DeadMounts.remove(mountPoint);
        }
    }

    private static VolumeKey volume(Path upstream) throws RefusedException {
        try {
            return VolumeKeys.of(upstream);
        } catch (ErrnoException e) {
            throw new RefusedException(ExitCode.UPSTREAM, "upstream " + upstream + ": " + e.getMessage());
        }
    }

    private void size(MountPlan plan) throws RefusedException {
        boolean made = Files.exists(plan.cacheDirectory().resolve("superblock"));
        if (!made && options.find(MountOptions.SIZE).isEmpty()) {
            throw new RefusedException(
                    ExitCode.USAGE,
                    "--size is needed to make the cache " + plan.cacheDirectory() + "; for example --size 20G");
        }
    }

    private static MountTable table() throws RefusedException {
        try {
            return MountTable.read();
        } catch (IOException e) {
            throw new RefusedException(ExitCode.SYSTEM, "/proc/self/mountinfo: " + Reasons.of(e));
        }
    }

    private static Path path(String what, String text) throws RefusedException {
        if (text.isEmpty()) {
            throw new RefusedException(ExitCode.USAGE, what + " is empty");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new RefusedException(ExitCode.USAGE, what + " " + text + ": only names in UTF-8 can be mounted");
        }
    }
}
