package org.netcachefs.fuse;

/** One line of /proc/self/mountinfo, unescaped. {@code root} is the path within the file system that is mounted at {@code mountPoint}. */
public record MountEntry(
        int id,
        int parent,
        int major,
        int minor,
        String root,
        String mountPoint,
        String options,
        String type,
        String source,
        String superOptions) {}
