package org.netcachefs.daemon.upstream.internal;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.netcachefs.daemon.upstream.Identity;
import org.netcachefs.daemon.upstream.UpstreamCalls;
import org.netcachefs.daemon.upstream.UpstreamChanges;
import org.netcachefs.daemon.upstream.UpstreamLocks;
import org.netcachefs.daemon.upstream.UpstreamStatus;
import org.netcachefs.daemon.upstream.UpstreamTree;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystemStatus;

/** A mounted directory, reached by system calls relative to a descriptor of its root: what is mounted over its path later does not matter. Thread-safe. */
public final class SyscallTree implements UpstreamTree {
    private static final byte[] HERE = {'.'};

    /** The most bytes of an attribute or of the list of their names; as many of a directory are read at once. */
    private static final int ROOM = 64 << 10;

    private final AtomicInteger open = new AtomicInteger();
    private final ScratchPool small = new ScratchPool(0);
    private final ScratchPool large = new ScratchPool(ROOM);
    private final Actors actors = new Actors();
    private final DataCalls data = new DataCalls(actors, open, small, large);
    private final SizedCalls sized = new SizedCalls(actors, large);
    private final Umask umask = new Umask();
    private final SyscallChanges changes = new SyscallChanges(actors, umask, open, small, large);
    private final SyscallLocks locks = new SyscallLocks(actors, open, small);
    private final Descriptor.OfPath root;
    private final KnownMounts mounts;

    private SyscallTree(int root) throws ErrnoException {
        this.root = new Descriptor.OfPath(root, open);
        this.mounts = new KnownMounts(rootMountId());
    }

    /** Those needed to act for others that the calling thread does not have, by name. */
    public static List<String> missingCapabilities() throws ErrnoException {
        return Credentials.missing();
    }

    /** The tree below the directory at {@code path}, which must be readable. */
    public static SyscallTree open(Path path) throws ErrnoException {
        SyscallTree tree = new SyscallTree(Paths.openDirectory(path));
        try {
            tree.access(tree.root, Libc.R_OK | Libc.X_OK);
        } catch (ErrnoException e) {
            tree.close();
            throw new ErrnoException(e.errno(), path.toString());
        }
        return tree;
    }

    private long rootMountId() throws ErrnoException {
        Scratch scratch = small.take();
        int number = root.lease();
        try {
            Status.fill(scratch, number, 0);
            return Status.mountId(scratch);
        } finally {
            root.release();
            small.give(scratch);
        }
    }

    @Override
    public PathHandle root() {
        return root;
    }

    @Override
    public PathHandle open(PathHandle directory, FileName name) throws ErrnoException {
        byte[] bytes = name.bytes();
        if (DirectoryReader.isDots(bytes)) {
            throw new ErrnoException(Errno.EINVAL, "open " + name);
        }
        Descriptor parent = (Descriptor) directory;
        int number = parent.lease();
        Scratch scratch = small.take();
        try {
            return new Descriptor.OfPath(openName(scratch, number, bytes), open);
        } finally {
            small.give(scratch);
            parent.release();
        }
    }

    @Override
    public PathHandle path(DataHandle file) throws ErrnoException {
        Descriptor descriptor = (Descriptor) file;
        int number = descriptor.lease();
        Scratch scratch = small.take();
        try {
            int path = Libc.open(Libc.AT_FDCWD, scratch.descriptorPath(number), Libc.O_PATH | Libc.O_CLOEXEC);
            if (path < 0) {
                throw Libc.failure("open an open file");
            }
            return new Descriptor.OfPath(path, open);
        } finally {
            small.give(scratch);
            descriptor.release();
        }
    }

    private int openName(Scratch scratch, int directory, byte[] name) throws ErrnoException {
        long path = scratch.name(name);
        int number = actors.open(directory, path, Libc.O_PATH | Libc.O_NOFOLLOW | Libc.O_CLOEXEC);
        if (number < 0) {
            throw Libc.failure("open " + FileName.of(name));
        }
        return mounts.anyAutomounts() ? entered(scratch, directory, path, number) : number;
    }

    /** The root of what is mounted on {@code number} on demand, if it is such a directory and that succeeds; else itself. */
    private int entered(Scratch scratch, int directory, long path, int number) throws ErrnoException {
        try {
            Status.fill(scratch, number, Libc.AT_STATX_DONT_SYNC);
        } catch (ErrnoException e) {
            return number; // the status the caller asks for next says it again
        }
        if (!Status.isAutomountPoint(scratch)) {
            return number;
        }
        int flags = Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_NOFOLLOW | Libc.O_CLOEXEC;
        int mounted = actors.open(directory, path, flags);
        if (mounted < 0) {
            return number;
        }
        Libc.C.close(number);
        return mounted;
    }

    @Override
    public void refresh(PathHandle directory) throws ErrnoException {
        if (mounts.anyCachesNames()) {
            on(directory, (scratch, number) -> {
                Status.fill(scratch, number, Libc.AT_STATX_FORCE_SYNC);
                return true;
            });
        }
    }

    @Override
    public void prepareThread() {
        umask.unshare();
    }

    @Override
    public boolean actsForOthers() {
        return actors.actsForOthers();
    }

    @Override
    public <T> T as(Identity who, UpstreamCalls.Body<T> body) throws ErrnoException {
        return actors.as(who, () -> body.call(this));
    }

    @Override
    public Identity actor() {
        return actors.actor();
    }

    @Override
    public UpstreamChanges changes() {
        return changes;
    }

    @Override
    public UpstreamLocks locks() {
        return locks;
    }

    @Override
    public UpstreamStatus status(Handle object, boolean forced) throws ErrnoException {
        Descriptor descriptor = (Descriptor) object;
        int number = descriptor.lease();
        Scratch scratch = small.take();
        try {
            Status.fill(scratch, number, forced ? Libc.AT_STATX_FORCE_SYNC : 0);
            long mountId = Status.mountId(scratch);
            Traits mount = mounts.of(mountId, Status.device(scratch));
            return new UpstreamStatus(Status.attributes(scratch), Identities.of(scratch, number, mount), mountId);
        } finally {
            small.give(scratch);
            descriptor.release();
        }
    }

    @Override
    public boolean isFreshAfterChange() {
        return mounts.allFreshAfterChange();
    }

    @Override
    public DataHandle openData(PathHandle file) throws ErrnoException {
        return data.open((Descriptor) file);
    }

    @Override
    public int read(DataHandle file, long offset, ByteBuffer to) throws ErrnoException {
        return data.read((Descriptor) file, offset, to);
    }

    /** What a local file system has in its page cache is what it has: there it is dropped only to save memory. */
    @Override
    public void dropPages(DataHandle file, long offset, long length) {
        DataCalls.dropPages((Descriptor) file, offset, length, mounts.anyCachesNames());
    }

    @Override
    public byte[] readlink(PathHandle link) throws ErrnoException {
        return sized.readlink((Descriptor) link);
    }

    @Override
    public byte[] getxattr(Handle object, FileName name) throws ErrnoException {
        return sized.getxattr((Descriptor) object, name.bytes());
    }

    @Override
    public byte[] listxattr(Handle object) throws ErrnoException {
        return sized.listxattr((Descriptor) object);
    }

    @Override
    public void list(PathHandle directory, Predicate<DirectoryItem> taker) throws ErrnoException {
        Descriptor descriptor = (Descriptor) directory;
        int number = descriptor.lease();
        Scratch scratch = large.take();
        try {
            int listed = openHere(scratch, number);
            try {
                new DirectoryReader(scratch, taker).readAll(listed);
            } finally {
                Libc.C.close(listed);
            }
        } finally {
            large.give(scratch);
            descriptor.release();
        }
    }

    @Override
    public void checkListing(PathHandle directory) throws ErrnoException {
        on(directory, (scratch, number) -> Libc.C.close(openHere(scratch, number)));
    }

    private int openHere(Scratch scratch, int directory) throws ErrnoException {
        int flags = Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC;
        int listed = actors.open(directory, scratch.name(HERE), flags);
        if (listed < 0) {
            throw Libc.failure("open directory");
        }
        return listed;
    }

    @Override
    public FileSystemStatus statfs() throws ErrnoException {
        return on(root, FileSystemCalls::statfs);
    }

    @Override
    public void access(PathHandle object, int mask) throws ErrnoException {
        on(object, (scratch, number) -> {
            FileSystemCalls.access(actors, scratch, number, mask);
            return true;
        });
    }

    private <T> T on(PathHandle object, Call<T> call) throws ErrnoException {
        Descriptor descriptor = (Descriptor) object;
        int number = descriptor.lease();
        Scratch scratch = small.take();
        try {
            return call.make(scratch, number);
        } finally {
            small.give(scratch);
            descriptor.release();
        }
    }

    @Override
    public boolean checksUpstream() {
        return mounts.own().checks();
    }

    @Override
    public int openDescriptors() {
        return open.get();
    }

    /** Closes the root. Handles still open go on until they are closed. */
    @Override
    public void close() {
        root.close();
    }

    private interface Call<T> {
        T make(Scratch scratch, int descriptor) throws ErrnoException;
    }
}
