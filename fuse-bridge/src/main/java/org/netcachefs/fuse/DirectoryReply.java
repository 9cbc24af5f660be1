package org.netcachefs.fuse;

import org.jspecify.annotations.Nullable;

/** Where the entries of one readdir go; ended by {@link #end} or {@link #error}. Used by one thread at a time. */
public interface DirectoryReply {
    /**
     * Adds an entry. {@code nextPosition} (> 0) is where a later readdir goes on after it; {@code inode} its inode number (0: unknown). {@code entry} is given when
     * attributes were asked for: it then counts as a lookup if and only if it was taken (true).
     *
     * @return false when the reply is full: the entry was not taken
     */
    boolean add(FileName name, long inode, FileType type, long nextPosition, @Nullable Entry entry);

    boolean end();

    boolean error(Errno errno);

    void onInterrupt(Runnable action);
}
