package org.netcachefs.daemon.upstream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystemStatus;
import org.netcachefs.fuse.FileType;

/**
 * An upstream tree in memory that is changed through its {@link #side()}. Behaves like a local file system unless told to keep what a network client keeps:
 * attributes ({@link #staleAttributes}), pages ({@link #stalePages}). Thread-safe.
 */
public final class MemoryUpstream implements UpstreamTree {
    private static final int LONGEST_NAME = 255;

    private final Object lock = new Object();
    private final AtomicInteger open = new AtomicInteger();
    private final UpstreamClock clock;
    private final MemoryNode root;
    private final Handle rootHandle;
    private final MemorySide side;
    private final MemoryChanges changes = new MemoryChanges(this);
    private final Map<Thread, Identity> actors = new ConcurrentHashMap<>();
    private final MemoryLocks locks = new MemoryLocks(this);
    private boolean staleAttributes;
    private boolean stalePages;
    private boolean checksUpstream = true;

    public MemoryUpstream() {
        this(UpstreamClock.ofSystem());
    }

    public MemoryUpstream(UpstreamClock clock) {
        this.clock = clock;
        this.root = new MemoryNode(2, FileType.DIRECTORY, 0755, clock.getAsLong());
        this.rootHandle = new Handle(root);
        this.side = new MemorySide(lock, root, clock);
    }

    /** Changes the tree behind the back of whoever caches it. */
    public MemorySide side() {
        return side;
    }

    public UpstreamClock clock() {
        return clock;
    }

    /** From now on attributes are as they were when last forced (or first asked for), unless forced. */
    public void staleAttributes(boolean stale) {
        synchronized (lock) {
            staleAttributes = stale;
        }
    }

    /** From now on what was read once is read again from the client's pages, until they are dropped or a forced status shows a change. */
    public void stalePages(boolean stale) {
        synchronized (lock) {
            stalePages = stale;
        }
    }

    public void checksUpstream(boolean checks) {
        synchronized (lock) {
            checksUpstream = checks;
        }
    }

    @Override
    public void prepareThread() {}

    @Override
    public boolean actsForOthers() {
        return true;
    }

    @Override
    public <T> T as(Identity who, UpstreamCalls.Body<T> body) throws ErrnoException {
        Identity before = actor();
        actors.put(Thread.currentThread(), who);
        try {
            return body.call(this);
        } finally {
            actors.put(Thread.currentThread(), before);
        }
    }

    @Override
    public Identity actor() {
        return actors.getOrDefault(Thread.currentThread(), Identity.OWN);
    }

    /** Refuses whom the thread acts for, unless that is the daemon, what the mode does not give him: {@code mask} of access(2). */
    void requireRights(MemoryNode node, int mask) throws ErrnoException {
        Identity who = actor();
        boolean inGroup = who.gid() == node.gid || who.groups().contains(node.gid);
        int shift = who.uid() == node.uid ? 6 : inGroup ? 3 : 0;
        if (!who.isOwn() && (node.permissions >> shift & mask) != mask) {
            throw new ErrnoException(Errno.EACCES, "user " + who.uid());
        }
    }

    @Override
    public UpstreamChanges changes() {
        return changes;
    }

    @Override
    public UpstreamLocks locks() {
        return locks;
    }

    /** A call while nobody else looks at the tree. */
    interface Locked<T> {
        T make() throws ErrnoException;
    }

    <T> T locked(Locked<T> call) throws ErrnoException {
        synchronized (lock) {
            return call.make();
        }
    }

    /** A new descriptor. */
    DataHandle handle(MemoryNode node) {
        return new Handle(node);
    }

    DataHandle handle(MemoryNode node, int access) {
        return new Handle(node, access);
    }

    /** What it was opened for. */
    static int access(DataHandle handle) {
        return ((Handle) handle).file.access;
    }

    /** One more descriptor of the same open file. */
    DataHandle share(DataHandle handle) {
        return new Handle((Handle) handle);
    }

    /** Of which file descriptors are, each sharing its locks. */
    static Object openFile(DataHandle handle) {
        return ((Handle) handle).file;
    }

    /** How many open files, not only for reading, hold locks of a file in the root. */
    public long locksForWriting(String name) {
        synchronized (lock) {
            MemoryNode node = root.children.get(FileName.of(name));
            return Stream.concat(node.locks.keySet().stream(), node.flocks.keySet().stream())
                    .filter(file -> ((OpenFile) file).access != 0)
                    .count();
        }
    }

    @Override
    public PathHandle root() {
        return rootHandle;
    }

    @Override
    public PathHandle open(PathHandle directory, FileName name) throws ErrnoException {
        if (name.toString().equals(".") || name.toString().equals("..")) {
            throw new ErrnoException(Errno.EINVAL, "open " + name);
        }
        synchronized (lock) {
            MemoryNode parent = node(directory);
            if (parent.type != FileType.DIRECTORY) {
                throw new ErrnoException(Errno.ENOTDIR, "open " + name);
            }
            if (name.length() > LONGEST_NAME) {
                throw new ErrnoException(Errno.ENAMETOOLONG, "open " + name);
            }
            requireRights(parent, 1);
            MemoryNode child = parent.children.get(name);
            if (child == null) {
                throw new ErrnoException(Errno.ENOENT, "open " + name);
            }
            return new Handle(child);
        }
    }

    @Override
    public PathHandle path(DataHandle file) throws ErrnoException {
        synchronized (lock) {
            return new Handle(node(file));
        }
    }

    @Override
    public void refresh(PathHandle directory) throws ErrnoException {
        status(directory, true);
    }

    @Override
    public UpstreamStatus status(UpstreamTree.Handle object, boolean forced) throws ErrnoException {
        synchronized (lock) {
            MemoryNode node = node(object);
            if (forced || node.seen == null || !staleAttributes) {
                if (node.seen != null && !node.seen.equals(node.attributesNow())) {
                    node.pages.clear();
                }
                node.seen = node.attributesNow();
            }
            return new UpstreamStatus(node.seen, node.identity(), 1);
        }
    }

    @Override
    public DataHandle openData(PathHandle file) throws ErrnoException {
        synchronized (lock) {
            MemoryNode node = node(file);
            if (node.type != FileType.REGULAR) {
                throw new ErrnoException(Errno.EINVAL, "not a regular file");
            }
            requireRights(node, 4);
            if ((node.permissions & 0444) == 0) {
                throw new ErrnoException(Errno.EACCES, "open for reading");
            }
            return new Handle(node);
        }
    }

    @Override
    public int read(DataHandle file, long offset, ByteBuffer to) throws ErrnoException {
        synchronized (lock) {
            MemoryNode node = node(file);
            return stalePages ? node.readOverPages(offset, to) : node.read(offset, to);
        }
    }

    @Override
    public void dropPages(DataHandle file, long offset, long length) {
        synchronized (lock) {
            ((Handle) file).node.dropPages(offset, length);
        }
    }

    @Override
    public byte[] readlink(PathHandle link) throws ErrnoException {
        synchronized (lock) {
            MemoryNode node = node(link);
            if (node.type != FileType.SYMLINK) {
                throw new ErrnoException(Errno.EINVAL, "not a symbolic link");
            }
            return node.target.clone();
        }
    }

    @Override
    public void list(PathHandle directory, Predicate<DirectoryItem> taker) throws ErrnoException {
        List<DirectoryItem> items = new ArrayList<>();
        synchronized (lock) {
            MemoryNode node = node(directory);
            if (node.type != FileType.DIRECTORY) {
                throw new ErrnoException(Errno.ENOTDIR, "list");
            }
            for (Map.Entry<FileName, MemoryNode> child : node.children.entrySet()) {
                items.add(new DirectoryItem(child.getKey(), child.getValue().inode, child.getValue().type));
            }
        }
        for (DirectoryItem item : items) {
            if (!taker.test(item)) {
                return;
            }
        }
    }

    @Override
    public void checkListing(PathHandle directory) throws ErrnoException {
        synchronized (lock) {
            requireRights(node(directory), 4);
        }
    }

    @Override
    public FileSystemStatus statfs() {
        return new FileSystemStatus(4096, 1 << 20, 1 << 19, 1 << 19, 1 << 16, 1 << 15, LONGEST_NAME);
    }

    @Override
    public byte[] getxattr(UpstreamTree.Handle object, FileName name) throws ErrnoException {
        synchronized (lock) {
            byte[] value = node(object).attributes.get(name.toString());
            if (value == null) {
                throw new ErrnoException(Errno.ENODATA, "getxattr");
            }
            return value.clone();
        }
    }

    @Override
    public byte[] listxattr(UpstreamTree.Handle object) throws ErrnoException {
        synchronized (lock) {
            StringBuilder names = new StringBuilder();
            node(object).attributes.keySet().forEach(name -> names.append(name).append('\0'));
            return names.toString().getBytes(StandardCharsets.UTF_8);
        }
    }

    @Override
    public void access(PathHandle object, int mask) throws ErrnoException {
        synchronized (lock) {
            requireRights(node(object), mask);
            int granted = node(object).permissions >> 6;
            if (actor().isOwn() && (granted & mask) != mask) {
                throw new ErrnoException(Errno.EACCES, "access");
            }
        }
    }

    @Override
    public boolean isFreshAfterChange() {
        synchronized (lock) {
            return !staleAttributes;
        }
    }

    @Override
    public boolean checksUpstream() {
        synchronized (lock) {
            return checksUpstream;
        }
    }

    @Override
    public int openDescriptors() {
        return open.get();
    }

    @Override
    public void close() {
        rootHandle.close();
    }

    static MemoryNode node(Object handle) throws ErrnoException {
        Handle open = (Handle) handle;
        if (open.closed.get()) {
            throw new ErrnoException(Errno.EBADF, "descriptor was closed");
        }
        return open.node;
    }

    /** What descriptors that share locks have in common. */
    private static final class OpenFile {
        private final int access;
        private int handles;

        OpenFile(int access) {
            this.access = access;
        }
    }

    private final class Handle implements PathHandle, DataHandle {
        private final MemoryNode node;
        private final OpenFile file;
        private final AtomicBoolean closed = new AtomicBoolean();

        Handle(MemoryNode node) {
            this(node, 0);
        }

        Handle(MemoryNode node, int access) {
            this(node, new OpenFile(access));
        }

        Handle(Handle other) {
            this(other.node, other.file);
        }

        private Handle(MemoryNode node, OpenFile file) {
            this.node = node;
            this.file = file;
            synchronized (lock) {
                file.handles++;
            }
            open.incrementAndGet();
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                open.decrementAndGet();
                synchronized (lock) {
                    if (--file.handles == 0) {
                        node.locks.remove(file);
                        node.flocks.remove(file);
                    }
                }
            }
        }
    }
}
