package org.netcachefs.fuse;

/**
 * A file system as the kernel's FUSE protocol sees it: nodes, handles, and one method per operation. Every method may be
 * called from several threads at once and must not block the calling thread beyond local work; the answer may be given
 * later from any thread. What is not overridden answers ENOSYS.
 *
 * <p>The root is node {@link #ROOT}. Node 0 is none.
 */
public interface FileSystem {
    long ROOT = 1;

    /** Called once before any other request, with the means to tell the kernel of changes. */
    default void init(Notifier notifier) {}

    /** Called once after the last request. */
    default void destroy() {}

    default void lookup(Caller caller, long parent, FileName name, Reply<Entry> reply) {
        reply.error(Errno.ENOSYS);
    }

    /**
     * As {@link #lookup}, for a transport that walks a path the kernel has looked up already: the attributes may be old, and are then valid for
     * no time.
     */
    default void resolve(Caller caller, long parent, FileName name, Reply<Entry> reply) {
        lookup(caller, parent, name, reply);
    }

    /** Gives back lookups the kernel (or a transport walking a path) took. Never answered. */
    default void forget(long node, long lookups) {}

    /** {@code handle} is the open handle the question came through, or {@link #NO_HANDLE}. */
    default void getattr(Caller caller, long node, long handle, Reply<ValidAttributes> reply) {
        reply.error(Errno.ENOSYS);
    }

    long NO_HANDLE = -1;

    default void setattr(Caller caller, long node, SetAttributes change, Reply<ValidAttributes> reply) {
        reply.error(Errno.ENOSYS);
    }

    /** The target's bytes. */
    default void readlink(Caller caller, long node, Reply<byte[]> reply) {
        reply.error(Errno.ENOSYS);
    }

    default void mknod(Caller caller, long parent, FileName name, int mode, int device, Reply<Entry> reply) {
        reply.error(Errno.ENOSYS);
    }

    default void mkdir(Caller caller, long parent, FileName name, int mode, Reply<Entry> reply) {
        reply.error(Errno.ENOSYS);
    }

    default void unlink(Caller caller, long parent, FileName name, Reply<Void> reply) {
        reply.error(Errno.ENOSYS);
    }

    default void rmdir(Caller caller, long parent, FileName name, Reply<Void> reply) {
        reply.error(Errno.ENOSYS);
    }

    default void symlink(Caller caller, long parent, FileName name, byte[] target, Reply<Entry> reply) {
        reply.error(Errno.ENOSYS);
    }

    /** {@code flags} of renameat2(2). */
    default void rename(
            Caller caller, long parent, FileName name, long newParent, FileName newName, int flags, Reply<Void> reply) {
        reply.error(Errno.ENOSYS);
    }

    default void link(Caller caller, long node, long newParent, FileName newName, Reply<Entry> reply) {
        reply.error(Errno.ENOSYS);
    }

    default void open(Caller caller, long node, OpenFlags flags, Reply<Opened> reply) {
        reply.error(Errno.ENOSYS);
    }

    default void create(Caller caller, long parent, FileName name, int mode, OpenFlags flags, Reply<Created> reply) {
        reply.error(Errno.ENOSYS);
    }

    default void tmpfile(Caller caller, long parent, int mode, OpenFlags flags, Reply<Created> reply) {
        reply.error(Errno.ENOSYS);
    }

    default void read(ReadRequest request, ReadReply reply) {
        reply.error(Errno.ENOSYS);
    }

    /** The callee closes {@code data}, also when it fails. Answers with the number of bytes written. */
    default void write(WriteRequest request, OwnedBuffer data, Reply<Integer> reply) {
        data.close();
        reply.error(Errno.ENOSYS);
    }

    /** Each close(2) of a descriptor; POSIX locks of {@code lockOwner} are dropped. */
    default void flush(Caller caller, long node, long handle, long lockOwner, Reply<Void> reply) {
        reply.error(Errno.ENOSYS);
    }

    /** The last close: the handle is gone afterwards, whatever is answered. */
    default void release(long node, long handle, OpenFlags flags, long lockOwner, Reply<Void> reply) {
        reply.error(Errno.ENOSYS);
    }

    default void fsync(Caller caller, long node, long handle, boolean dataOnly, Reply<Void> reply) {
        reply.error(Errno.ENOSYS);
    }

    default void fallocate(
            Caller caller, long node, long handle, int mode, long offset, long length, Reply<Void> reply) {
        reply.error(Errno.ENOSYS);
    }

    default void lseek(Caller caller, long node, long handle, long offset, int whence, Reply<Long> reply) {
        reply.error(Errno.ENOSYS);
    }

    default void copyFileRange(
            Caller caller,
            long node,
            long handle,
            long offset,
            long toNode,
            long toHandle,
            long toOffset,
            long length,
            Reply<Long> reply) {
        reply.error(Errno.ENOSYS);
    }

    default void opendir(Caller caller, long node, OpenFlags flags, Reply<Opened> reply) {
        reply.error(Errno.ENOSYS);
    }

    /**
     * Lists from {@code position} (0: the start, otherwise a {@code nextPosition} given before), as many entries as the
     * reply takes; "." and ".." included.
     */
    default void readdir(
            Caller caller, long node, long handle, long position, boolean withAttributes, DirectoryReply reply) {
        reply.error(Errno.ENOSYS);
    }

    default void releasedir(long node, long handle, Reply<Void> reply) {
        reply.error(Errno.ENOSYS);
    }

    default void fsyncdir(Caller caller, long node, long handle, boolean dataOnly, Reply<Void> reply) {
        reply.error(Errno.ENOSYS);
    }

    default void statfs(Caller caller, long node, Reply<FileSystemStatus> reply) {
        reply.error(Errno.ENOSYS);
    }

    /** {@code mask} of access(2). */
    default void access(Caller caller, long node, int mask, Reply<Void> reply) {
        reply.error(Errno.ENOSYS);
    }

    default void getxattr(Caller caller, long node, FileName name, Reply<byte[]> reply) {
        reply.error(Errno.ENOSYS);
    }

    /** The names, each ended by NUL. */
    default void listxattr(Caller caller, long node, Reply<byte[]> reply) {
        reply.error(Errno.ENOSYS);
    }

    default void setxattr(Caller caller, long node, FileName name, byte[] value, int flags, Reply<Void> reply) {
        reply.error(Errno.ENOSYS);
    }

    default void removexattr(Caller caller, long node, FileName name, Reply<Void> reply) {
        reply.error(Errno.ENOSYS);
    }

    default void getlk(LockRequest request, Reply<LockState> reply) {
        reply.error(Errno.ENOSYS);
    }

    default void setlk(LockRequest request, Reply<Void> reply) {
        reply.error(Errno.ENOSYS);
    }
}
