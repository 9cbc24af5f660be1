package org.netcachefs.daemon.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Makes the daemon's own directories. */
public final class PrivateDirectories {
    private PrivateDirectories() {}

    /** Makes {@code directory} with access for this user alone, its parents as they come; one that exists is left as it is. */
    public static void make(Path directory) throws IOException {
        make(directory, "rwx------");
    }

    /**
     * Makes the runtime directory. It may lie where anybody can make directories, and logging is configured by a file in it: one
     * that another user made is refused.
     */
    public static void makeRuntime(Surroundings surroundings) throws RefusedException {
        Path directory = surroundings.runtimeDirectory();
        try {
            make(directory, surroundings.isRoot() ? "rwxr-xr-x" : "rwx------");
            requireOwn(directory);
        } catch (IOException e) {
            throw new RefusedException(ExitCode.SYSTEM, "runtime directory " + directory + ": " + Reasons.of(e));
        }
    }

    private static void requireOwn(Path directory) throws IOException {
        Object user = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        boolean own = Files.getAttribute(directory, "unix:uid").equals(user)
                && Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                        .equals(user);
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
        if (!own
                || permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException("another user made it or may write to it");
        }
    }

    private static void make(Path directory, String permissions) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        if (directory.getParent() != null) {
            Files.createDirectories(directory.getParent());
        }
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
    }
}
