package org.netcachefs.daemon.upstream;

import java.nio.ByteBuffer;
import java.util.function.Predicate;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystemStatus;
import org.netcachefs.fuse.FileType;

/**
 * The system calls on one upstream tree. Every call may block for as long as upstream hangs, so it runs on a pool of {@link UpstreamCalls}; only
 * {@code close} of a descriptor made here is given there too. Thread-safe.
 */
public interface UpstreamTree extends AutoCloseable {
    /** The root, opened before mounting. Not to be closed. */
    PathHandle root();

    /** The object called {@code name} in {@code directory} (".." and "." are refused), by O_PATH|O_NOFOLLOW: nothing is opened for data. */
    PathHandle open(PathHandle directory, FileName name) throws ErrnoException;

    /** The object that {@code file} is open for, whatever became of its name. */
    PathHandle path(DataHandle file) throws ErrnoException;

    /**
     * Makes the names of {@code directory} fresh, so that the next {@link #open} of one asks upstream: upstream's own client may trust a name for as long as it
     * trusts the directory's attributes. Costs a forced status of the directory, or nothing where names are never old. Called before {@code open} in a forced check.
     */
    void refresh(PathHandle directory) throws ErrnoException;

    /** To be called first by each thread that makes calls which change the tree. */
    void prepareThread();

    /** Whether calls can be made as somebody else: only root can. Where not, all are the daemon's own. */
    boolean actsForOthers();

    /**
     * Runs {@code body} on this thread, whose system calls here are meanwhile made as {@code who}, with no right of the daemon's: those that check
     * rights, or leave an owner or set-id bits behind. What the thread does elsewhere stays the daemon's own doing.
     */
    <T> T as(Identity who, UpstreamCalls.Body<T> body) throws ErrnoException;

    /** Whom the calling thread acts for. */
    Identity actor();

    /** The calls that change the tree. */
    UpstreamChanges changes();

    /** The calls that lock files. */
    UpstreamLocks locks();

    /** The object's attributes and identity; {@code forced} past upstream's own attribute cache (AT_STATX_FORCE_SYNC). */
    UpstreamStatus status(Handle object, boolean forced) throws ErrnoException;

    /** Whether a status right after a change of attributes is as good as a forced one: upstream's client has them from the reply (NFS, FUSE), or there is no server (local). */
    boolean isFreshAfterChange();

    /** Opens a regular file for reading (never a FIFO, device or socket: {@code EINVAL}). */
    DataHandle openData(PathHandle file) throws ErrnoException;

    /**
     * pread into what remains of {@code to} (best a direct buffer), whose position moves by the bytes that came: fewer than asked only before end of file or a
     * signal; 0 at the end.
     */
    int read(DataHandle file, long offset, ByteBuffer to) throws ErrnoException;

    /** Drops upstream's own page cache of these bytes, so that the next read asks upstream; and tells it not to keep what was read. */
    void dropPages(DataHandle file, long offset, long length);

    byte[] readlink(PathHandle link) throws ErrnoException;

    /** Every entry but "." and "..", until {@code taker} answers false. */
    void list(PathHandle directory, Predicate<DirectoryItem> taker) throws ErrnoException;

    /** Throws what opening {@code directory} for listing says; nothing is listed. */
    void checkListing(PathHandle directory) throws ErrnoException;

    FileSystemStatus statfs() throws ErrnoException;

    byte[] getxattr(Handle object, FileName name) throws ErrnoException;

    /** The names, each ended by NUL. */
    byte[] listxattr(Handle object) throws ErrnoException;

    /** faccessat(2) with the rights of whom the thread acts for. */
    void access(PathHandle object, int mask) throws ErrnoException;

    /** Whether a forced status can be trusted to ask upstream (9p cache=loose does not). */
    boolean checksUpstream();

    /** How many handles and other descriptors it holds now. */
    int openDescriptors();

    @Override
    void close();

    /** One directory entry; {@code inode} is upstream's. */
    record DirectoryItem(FileName name, long inode, FileType type) {}

    /** A descriptor. Closed when the calls using it are done; closing it again does nothing. */
    interface Handle extends AutoCloseable {
        @Override
        void close();
    }

    /** An O_PATH descriptor. */
    interface PathHandle extends Handle {}

    /** A descriptor open for data. */
    interface DataHandle extends Handle {}
}
