package org.netcachefs.it.upstream;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.netcachefs.fuse.Attributes;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.Timestamp;

/**
 * The folder the test upstream shows: which path a node has (the last it was looked up by), and its attributes by the clock of
 * {@link Switches}. A node is the inode below. Thread-safe.
 */
final class Backing {
    private final Path root;
    private final long rootDevice;
    private final Switches switches;
    private final Map<Long, Path> paths = new ConcurrentHashMap<>();

    Backing(Path root, Switches switches) throws IOException {
        this.root = root;
        this.switches = switches;
        this.rootDevice = (Long) Files.getAttribute(root, "unix:dev");
        paths.put(FileSystem.ROOT, root);
    }

    Path root() {
        return root;
    }

    Path path(long node) throws NoSuchFileException {
        Path path = paths.get(node);
        if (path == null) {
            throw new NoSuchFileException("node " + node);
        }
        return path;
    }

    Path child(long parent, FileName name) throws NoSuchFileException {
        return path(parent).resolve(name.toString());
    }

    /** The attributes of a path, which from now on is the path of its node. */
    Attributes look(Path path) throws IOException {
        Attributes attributes = attributes(path);
        paths.put(attributes.inode(), path);
        return attributes;
    }

    void moved(Path from, Path to) {
        paths.replaceAll((node, path) -> path.startsWith(from) ? to.resolve(from.relativize(path)) : path);
    }

    Attributes attributes(Path path) throws IOException {
        Map<String, Object> unix = Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS);
        long size = (Long) unix.get("size");
        return new Attributes(
                path.equals(root) ? FileSystem.ROOT : inode(unix),
                (Integer) unix.get("mode"),
                (Integer) unix.get("nlink"),
                (Integer) unix.get("uid"),
                (Integer) unix.get("gid"),
                ((Long) unix.get("rdev")).intValue(),
                size,
                (size + 511) / 512,
                4096,
                time(unix, "lastAccessTime"),
                switches.shown(time(unix, "lastModifiedTime")),
                switches.shown(time(unix, "ctime")));
    }

    private long inode(Map<String, Object> unix) {
        long device = (Long) unix.get("dev") - rootDevice;
        return (Long) unix.get("ino") ^ (device << 40);
    }

    private static Timestamp time(Map<String, Object> unix, String field) {
        return Timestamp.ofNanos(((FileTime) unix.get(field)).to(TimeUnit.NANOSECONDS));
    }

    static Errno errno(IOException e) {
        if (e instanceof NoSuchFileException) {
            return Errno.ENOENT;
        } else if (e instanceof FileAlreadyExistsException) {
            return Errno.EEXIST;
        } else if (e instanceof DirectoryNotEmptyException) {
            return Errno.ENOTEMPTY;
        } else if (e instanceof NotDirectoryException) {
            return Errno.ENOTDIR;
        } else if (e instanceof AccessDeniedException) {
            return Errno.EACCES;
        }
        String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
        return switch (reason == null ? "" : reason) {
            case "No space left on device" -> Errno.ENOSPC;
            case "Not a directory" -> Errno.ENOTDIR;
            case "Is a directory" -> Errno.EISDIR;
            default -> Errno.EIO;
        };
    }
}
