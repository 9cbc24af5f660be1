package org.netcachefs.daemon.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.netcachefs.fuse.MountTable;

/** Takes away a mount whose daemon is gone, by the programs made for it: it is done before anything of the daemon is loaded. */
public final class DeadMounts {
    private static final List<List<String>> WAYS =
            List.of(List.of("umount", "-l"), List.of("fusermount3", "-u", "-z"), List.of("fusermount", "-u", "-z"));
    private static final long SECONDS = 10;

    private DeadMounts() {}

    /** Takes the topmost mount of ours at {@code mountPoint} out of the tree; REFUSED when this user may not. */
    public static void remove(Path mountPoint) throws RefusedException {
        int mounted = count(mountPoint);
        for (List<String> way : WAYS) {
            if (mounted > 0 && count(mountPoint) == mounted) {
                run(way, mountPoint);
            }
        }
        if (mounted > 0 && count(mountPoint) == mounted) {
            throw new RefusedException(
                    ExitCode.REFUSED,
                    mountPoint + ": its daemon is gone and it cannot be unmounted; as root: umount -l " + mountPoint);
        }
    }

    private static void run(List<String> way, Path mountPoint) {
        try {
            new ProcessBuilder(Stream.concat(way.stream(), Stream.of(mountPoint.toString()))
                            .toList())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor(SECONDS, TimeUnit.SECONDS);
        } catch (IOException | InterruptedException e) {
            // Not to be had this way: the next one is tried, and the table of mounts has the last word.
            return;
        }
    }

    private static int count(Path mountPoint) throws RefusedException {
        try {
            return (int) MountTable.read().entries().stream()
                    .filter(mount ->
                            MountChecks.isOurs(mount) && mount.mountPoint().equals(mountPoint.toString()))
                    .count();
        } catch (IOException e) {
            throw new RefusedException(ExitCode.SYSTEM, "/proc/self/mountinfo: " + Reasons.of(e));
        }
    }
}
