package org.netcachefs.daemon.control;

import java.nio.file.Path;
import org.netcachefs.daemon.config.ExitCode;
import org.netcachefs.daemon.config.RefusedException;
import org.netcachefs.fuse.Mount.UnmountMode;
import org.netcachefs.fuse.Mount.UnmountOutcome;
import org.netcachefs.fuse.Transports;

/** A netcachefs mount for which no daemon answers: it is gone, or hangs. It is unmounted from outside. */
public final class UnservedMount {
    private UnservedMount() {}

    /** {@code mode} as in the control protocol: normal, detach or abort. False when it is busy. */
    public static boolean unmount(String mountPoint, String mode) throws RefusedException {
        UnmountOutcome outcome = Transports.unmount(Path.of(mountPoint), mode(mode));
        if (outcome == UnmountOutcome.REFUSED) {
            throw new RefusedException(
                    ExitCode.REFUSED,
                    mountPoint + ": no daemon answers and it cannot be unmounted; as root: umount -l " + mountPoint);
        }
        return outcome == UnmountOutcome.UNMOUNTED;
    }

    private static UnmountMode mode(String mode) {
        return switch (mode) {
            case "abort" -> UnmountMode.ABORT;
            case "detach" -> UnmountMode.DETACH;
            default -> UnmountMode.NORMAL;
        };
    }
}
