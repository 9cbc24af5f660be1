package org.netcachefs.daemon.upstream;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.daemon.upstream.UpstreamTree.Handle;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.Timestamp;

/**
 * The system calls that change an upstream tree, each with its kernel's own outcome: nothing is sent twice but what a signal interrupted before it
 * did anything. Every call may block for as long as upstream hangs. Modes are taken as they are, whatever the daemon's umask. Thread-safe.
 */
public interface UpstreamChanges {
    /**
     * Opens a regular file (never a FIFO, device or socket: {@code EINVAL}) for writing; {@code flags}: O_WRONLY or O_RDWR, perhaps with O_SYNC or O_DSYNC. Never
     * with O_APPEND, as pwrite would ignore its offset.
     */
    DataHandle openToWrite(PathHandle file, int flags) throws ErrnoException;

    /** Makes a regular file that is not there yet (else {@code EEXIST}) and opens it as {@link #openToWrite} does. */
    DataHandle create(PathHandle directory, FileName name, int mode, int flags) throws ErrnoException;

    /** Makes a regular file without a name (O_TMPFILE), which {@link #link} may give it. */
    DataHandle createUnnamed(PathHandle directory, int mode, int flags) throws ErrnoException;

    /** pwrite of what remains of {@code from} (a direct buffer), whose position moves by the bytes upstream took: fewer than all when it says so. */
    int write(DataHandle file, long offset, ByteBuffer from) throws ErrnoException;

    /** As {@link #write}, at the end upstream has when it is written (RWF_APPEND); returns the offset it went to. One at a time for a handle. */
    long append(DataHandle file, ByteBuffer from) throws ErrnoException;

    void truncate(DataHandle file, long size) throws ErrnoException;

    /** As {@link #truncate(DataHandle, long)} by name, as truncate(2) does. */
    void truncate(PathHandle file, long size) throws ErrnoException;

    /** fallocate(2) with its modes. */
    void allocate(DataHandle file, int mode, long offset, long length) throws ErrnoException;

    /** fsync, or fdatasync if {@code dataOnly}. */
    void sync(DataHandle file, boolean dataOnly) throws ErrnoException;

    /** fsync of a directory. */
    void syncDirectory(PathHandle directory) throws ErrnoException;

    /** What a close would say: network file systems send what they hold, and tell of errors, at each. */
    void flush(DataHandle file) throws ErrnoException;

    /** lseek(2) with SEEK_DATA or SEEK_HOLE. */
    long seek(DataHandle file, long offset, int whence) throws ErrnoException;

    /** copy_file_range(2); the bytes copied, which may be fewer than asked. */
    long copy(DataHandle from, long offset, DataHandle to, long toOffset, long length) throws ErrnoException;

    void mkdir(PathHandle directory, FileName name, int mode) throws ErrnoException;

    /** {@code mode} with the type's bits; {@code device} as the kernel encodes it in 32 bits. */
    void mknod(PathHandle directory, FileName name, int mode, int device) throws ErrnoException;

    void symlink(PathHandle directory, FileName name, byte[] target) throws ErrnoException;

    /** Gives the object one more name, or a file made by {@link #createUnnamed} its first. */
    void link(Handle object, PathHandle directory, FileName name) throws ErrnoException;

    /** {@code flags} of renameat2(2). */
    void rename(PathHandle directory, FileName name, PathHandle newDirectory, FileName newName, int flags)
            throws ErrnoException;

    void unlink(PathHandle directory, FileName name) throws ErrnoException;

    void rmdir(PathHandle directory, FileName name) throws ErrnoException;

    /** Of anything but a symbolic link. */
    void chmod(Handle object, int mode) throws ErrnoException;

    /** -1 leaves an id alone. */
    void chown(Handle object, int uid, int gid) throws ErrnoException;

    /** Null leaves a time alone; {@link org.netcachefs.fuse.SetAttributes#NOW} is upstream's own present. */
    void times(Handle object, @Nullable Timestamp accessed, @Nullable Timestamp modified) throws ErrnoException;

    /** {@code flags}: XATTR_CREATE, XATTR_REPLACE. */
    void setxattr(Handle object, FileName name, byte[] value, int flags) throws ErrnoException;

    void removexattr(Handle object, FileName name) throws ErrnoException;
}
