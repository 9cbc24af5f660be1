package org.netcachefs.daemon.upstream;

import org.netcachefs.fuse.FileName;

/** Changes an upstream tree behind the back of whoever caches it. Paths are relative to its root, "" is the root itself. */
public interface UpstreamSide {
    void directory(String path);

    /** Makes a file of these bytes, or overwrites the one there in place. */
    void file(String path, byte[] content);

    /** As {@link #file} for names that are not text. */
    void file(String directory, FileName name, byte[] content);

    void write(String path, long offset, byte[] bytes);

    void truncate(String path, long size);

    void symlink(String path, String target);

    void fifo(String path);

    /** Renames, replacing what is there. */
    void rename(String from, String to);

    /** Removes a file, link or empty directory. */
    void delete(String path);

    void mode(String path, int permissions);

    /** Sets the modification time, in nanoseconds since 1970; the change time becomes now. */
    void modified(String path, long nanos);

    /** Sets a user attribute. */
    void attribute(String path, String name, byte[] value);
}
