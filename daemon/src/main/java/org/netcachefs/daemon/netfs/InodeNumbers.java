package org.netcachefs.daemon.netfs;

import org.netcachefs.fuse.FileSystem;

/** Shows node ids as inode numbers: the root's and {@link FileSystem#ROOT} change places, all others stay. Its own inverse. */
final class InodeNumbers {
    private InodeNumbers() {}

    static long shown(long node, long root) {
        if (node == root) {
            return FileSystem.ROOT;
        }
        return node == FileSystem.ROOT ? root : node;
    }
}
