package org.netcachefs.daemon.upstream.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.MountEntry;

/** The mount a directory lies on and its path within the mounted file system, "/" for that one's root. */
public record MountOfPath(MountEntry mount, String pathInFileSystem) {
    private static final int LONGEST_PATH = 4096;

    /** Of the directory at {@code path}, symbolic links followed. */
    public static MountOfPath find(Path path) throws ErrnoException {
        int number = Paths.openDirectory(path);
        try {
            return of(number);
        } catch (IOException e) {
            throw new ErrnoException(Errno.EIO, "mountinfo: " + e.getMessage());
        } finally {
            Libc.C.close(number);
        }
    }

    private static MountOfPath of(int number) throws ErrnoException, IOException {
        Scratch scratch = new Scratch(LONGEST_PATH);
        Status.fill(scratch, number, 0);
        long id = Status.mountId(scratch);
        MountEntry mount = KnownMounts.byId(id)
                .orElseThrow(() -> new ErrnoException(Errno.EINVAL, "mount " + id + " is not in mountinfo"));
        return new MountOfPath(mount, pathInFileSystem(mount, pathOf(scratch, number)));
    }

    /** The path the kernel gives for a descriptor. */
    private static String pathOf(Scratch scratch, int number) throws ErrnoException {
        long length =
                Libc.C.readlinkat(Libc.AT_FDCWD, scratch.descriptorPath(number), scratch.room(), scratch.roomBytes());
        if (length < 0) {
            throw Libc.failure("readlink /proc/self/fd/" + number);
        }
        return new String(scratch.roomContent((int) length), StandardCharsets.UTF_8);
    }

    static String pathInFileSystem(MountEntry mount, String path) {
        String below = path.startsWith(mount.mountPoint())
                ? path.substring(mount.mountPoint().length())
                : path;
        String joined = (mount.root() + "/" + below).replaceAll("/+", "/");
        return joined.length() > 1 && joined.endsWith("/") ? joined.substring(0, joined.length() - 1) : joined;
    }
}
