package org.netcachefs.fuse.conformance;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.netcachefs.fuse.Caller;
import org.netcachefs.fuse.Created;
import org.netcachefs.fuse.DirectoryReply;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.FileSystemStatus;
import org.netcachefs.fuse.FileType;
import org.netcachefs.fuse.LockRequest;
import org.netcachefs.fuse.LockState;
import org.netcachefs.fuse.Notifier;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.Opened;
import org.netcachefs.fuse.OwnedBuffer;
import org.netcachefs.fuse.ReadReply;
import org.netcachefs.fuse.ReadRequest;
import org.netcachefs.fuse.Reply;
import org.netcachefs.fuse.Segment;
import org.netcachefs.fuse.SetAttributes;
import org.netcachefs.fuse.Timestamp;
import org.netcachefs.fuse.ValidAttributes;
import org.netcachefs.fuse.WriteRequest;
import org.netcachefs.fuse.internal.Native;

/** A whole read-write file system in memory, with {@link Switches} to make it slow, hang and fail. Thread-safe. */
final class MemoryFileSystem implements FileSystem {
    private static final FileName DOT = FileName.of(".");
    private static final FileName DOT_DOT = FileName.of("..");

    private static final long LONG_NANOS = TimeUnit.HOURS.toNanos(1);

    private final MemoryTree tree = new MemoryTree();
    private final Map<Long, MemoryNode> handles = new ConcurrentHashMap<>();
    private final MemoryLocks locks = new MemoryLocks();
    private final Regions regions = new Regions();
    /** Of the first page, which no process has. */
    private static final long UNREADABLE = 4096 - 8;

    private final Switches switches;
    /** Counted by operation. */
    final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();

    volatile boolean destroyed;
    volatile boolean initialised;
    private volatile Notifier notifier;
    volatile Caller lastCaller = new Caller(-1, -1, -1);

    MemoryFileSystem(Switches switches) {
        this.switches = switches;
    }

    @FunctionalInterface
    private interface Work<T> {
        T run() throws ErrnoException;
    }

    /** Runs {@code work} as the switch of {@code name} says and answers with its result. */
    private <T> void answer(String operation, String name, Reply<T> reply, Work<T> work) {
        answer(operation, name, reply, work, refused -> {});
    }

    /** As above; {@code undo} takes back a result that nobody took. */
    private <T> void answer(
            String operation, String name, Reply<T> reply, Work<T> work, java.util.function.Consumer<T> undo) {
        counts.computeIfAbsent(operation, o -> new AtomicLong()).incrementAndGet();
        switches.onInterrupt(name, reply);
        switches.answer(
                name,
                () -> {
                    try {
                        T result;
                        synchronized (this) {
                            result = work.run();
                        }
                        if (!reply.ok(result)) {
                            switches.refused.incrementAndGet();
                            undo.accept(result);
                        }
                    } catch (ErrnoException e) {
                        reply.error(e.errno());
                    }
                },
                reply::error);
    }

    private static String nameOf(long node) {
        return "#" + node;
    }

    /** The lookups not given back, of all nodes. */
    long lookups() {
        return tree.lookups();
    }

    long openHandles() {
        return handles.size();
    }

    @Override
    public void init(Notifier kernel) {
        notifier = kernel;
        initialised = true;
    }

    @Override
    public void destroy() {
        destroyed = true;
    }

    @Override
    public void lookup(Caller caller, long parent, FileName name, Reply<Entry> reply) {
        lastCaller = caller;
        answer(
                "lookup",
                "lookup:" + name,
                reply,
                () -> shown(tree.child(parent, name)),
                entry -> forget(entry.node(), 1));
    }

    /** Valid for long if the switch "entries" says "valid". */
    private Entry shown(MemoryNode node) {
        Entry entry = MemoryTree.entry(node);
        return switches.of("entries").equals("valid")
                ? new Entry(entry.node(), entry.attributes(), LONG_NANOS, LONG_NANOS)
                : entry;
    }

    @Override
    public void forget(long node, long lookups) {
        tree.forget(node, lookups);
    }

    @Override
    public void getattr(Caller caller, long node, long handle, Reply<ValidAttributes> reply) {
        answer("getattr", "getattr", reply, () -> valid(tree.node(node)));
    }

    private static ValidAttributes valid(MemoryNode node) {
        return new ValidAttributes(node.attributes(), 0);
    }

    @Override
    public void setattr(Caller caller, long node, SetAttributes change, Reply<ValidAttributes> reply) {
        answer("setattr", "setattr", reply, () -> {
            MemoryNode changed = tree.node(node);
            Integer mode = change.mode();
            if (mode != null) {
                changed.mode = changed.type().bits() | (mode & 07777);
            }
            changed.uid = change.uid() == null ? changed.uid : change.uid();
            changed.gid = change.gid() == null ? changed.gid : change.gid();
            if (change.size() != null) {
                changed.content.truncate(change.size());
                changed.touch();
            }
            changed.accessed = time(change.accessed(), changed.accessed);
            changed.modified = time(change.modified(), changed.modified);
            changed.changed = MemoryNode.now();
            return valid(changed);
        });
    }

    private static Timestamp time(Timestamp wanted, Timestamp old) {
        if (wanted == SetAttributes.NOW) {
            return MemoryNode.now();
        }
        return wanted == null ? old : wanted;
    }

    @Override
    public void readlink(Caller caller, long node, Reply<byte[]> reply) {
        answer("readlink", "readlink", reply, () -> tree.node(node).target);
    }

    @Override
    public void mknod(Caller caller, long parent, FileName name, int mode, int device, Reply<Entry> reply) {
        answer("mknod", name.toString(), reply, () -> {
            MemoryNode made = tree.make(caller, parent, name, mode);
            made.device = device;
            return MemoryTree.entry(made);
        });
    }

    @Override
    public void mkdir(Caller caller, long parent, FileName name, int mode, Reply<Entry> reply) {
        answer(
                "mkdir",
                name.toString(),
                reply,
                () -> MemoryTree.entry(tree.make(caller, parent, name, FileType.DIRECTORY.bits() | (mode & 07777))));
    }

    @Override
    public void symlink(Caller caller, long parent, FileName name, byte[] target, Reply<Entry> reply) {
        answer("symlink", name.toString(), reply, () -> {
            MemoryNode made = tree.make(caller, parent, name, FileType.SYMLINK.bits() | 0777);
            made.target = target;
            return MemoryTree.entry(made);
        });
    }

    @Override
    public void link(Caller caller, long node, long newParent, FileName newName, Reply<Entry> reply) {
        answer("link", newName.toString(), reply, () -> MemoryTree.entry(tree.link(node, newParent, newName)));
    }

    @Override
    public void unlink(Caller caller, long parent, FileName name, Reply<Void> reply) {
        answer("unlink", name.toString(), reply, () -> {
            tree.unlink(parent, name);
            return null;
        });
    }

    @Override
    public void rmdir(Caller caller, long parent, FileName name, Reply<Void> reply) {
        answer("rmdir", name.toString(), reply, () -> {
            tree.rmdir(parent, name);
            return null;
        });
    }

    @Override
    public void rename(
            Caller caller, long parent, FileName name, long newParent, FileName newName, int flags, Reply<Void> reply) {
        answer("rename", name.toString(), reply, () -> {
            tree.rename(parent, name, newParent, newName, flags);
            return null;
        });
    }

    private void undo(Opened refused) {
        handles.remove(refused.handle());
    }

    private Opened open(MemoryNode node, OpenFlags flags) {
        long handle = tree.nextNumber();
        handles.put(handle, node);
        if (flags.truncates()) {
            node.content.truncate(0);
        }
        Opened opened = Opened.handle(handle);
        return switch (switches.of("opened:" + tree.nameOf(node.id))) {
            case "keep" -> opened.keepCache();
            case "direct" -> opened.directIo();
            default -> opened;
        };
    }

    @Override
    public void open(Caller caller, long node, OpenFlags flags, Reply<Opened> reply) {
        answer("open", "open:" + tree.nameOf(node), reply, () -> open(tree.node(node), flags), this::undo);
    }

    @Override
    public void create(Caller caller, long parent, FileName name, int mode, OpenFlags flags, Reply<Created> reply) {
        answer(
                "create",
                "create:" + name,
                reply,
                () -> {
                    MemoryNode made = tree.make(caller, parent, name, FileType.REGULAR.bits() | (mode & 07777));
                    return new Created(MemoryTree.entry(made), open(made, flags));
                },
                created -> {
                    undo(created.opened());
                    forget(created.entry().node(), 1);
                });
    }

    @Override
    public void tmpfile(Caller caller, long parent, int mode, OpenFlags flags, Reply<Created> reply) {
        answer("tmpfile", "tmpfile", reply, () -> {
            MemoryNode made = tree.makeNameless(caller, FileType.REGULAR.bits() | (mode & 07777));
            return new Created(MemoryTree.entry(made), open(made, flags));
        });
    }

    private MemoryNode opened(long handle) throws ErrnoException {
        MemoryNode node = handles.get(handle);
        if (node == null) {
            throw new ErrnoException(Errno.EBADF, "handle " + handle);
        }
        return node;
    }

    @Override
    public void read(ReadRequest request, ReadReply reply) {
        counts.computeIfAbsent("read", o -> new AtomicLong()).incrementAndGet();
        String name = "read:" + tree.nameOf(request.node());
        reply.onInterrupt(() -> {
            switches.interrupts.incrementAndGet();
            reply.error(Errno.EINTR);
        });
        switches.answer(name, () -> answerRead(request, reply, switches.of(name)), reply::error);
    }

    private void answerRead(ReadRequest request, ReadReply reply, String how) {
        MemoryNode node = handles.get(request.handle());
        if (node == null || node.id != request.node()) {
            reply.error(Errno.EBADF);
            return;
        }
        if (how.equals("none")) {
            reply.filled(node.content.read(request.offset(), request.length(), reply.buffer()));
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocateDirect(request.length());
        bytes.limit(node.content.read(request.offset(), request.length(), bytes));
        if (how.equals("regions")) {
            regions.answer(bytes, reply);
            return;
        }
        if (how.equals("lent")) {
            reply.lent(Native.addressOf(bytes), bytes.limit());
            Reference.reachabilityFence(bytes);
            return;
        }
        if (how.equals("unreadable")) {
            reply.lent(UNREADABLE, bytes.limit());
            return;
        }
        if (how.equals("failing-segments")) {
            // A region of a descriptor nobody has open: the read must be answered again.
            reply.segments(
                    List.of(Segment.region(1_000_000, 0, request.length())),
                    () -> {},
                    errno -> reply.segments(List.of(Segment.of(bytes)), () -> {}, again -> {}));
            return;
        }
        int half = bytes.limit() / 2;
        List<Segment> pieces = List.of(
                Segment.of(bytes.duplicate().limit(half)),
                Segment.of(bytes.duplicate().position(half)));
        if (!reply.segments(pieces, () -> {}, errno -> {})) {
            switches.refused.incrementAndGet();
        }
    }

    @Override
    public void write(WriteRequest request, OwnedBuffer data, Reply<Integer> reply) {
        answer("write", "write:" + tree.nameOf(request.node()), reply, () -> {
            try (data) {
                MemoryNode node = opened(request.handle());
                node.touch();
                return request.flags().appends() && !request.fromPageCache()
                        ? node.content.append(data.bytes())
                        : node.content.write(request.offset(), data.bytes());
            }
        });
    }

    @Override
    public void flush(Caller caller, long node, long handle, long lockOwner, Reply<Void> reply) {
        answer("flush", "flush:" + tree.nameOf(node), reply, () -> {
            opened(handle);
            locks.releaseOwner(node, lockOwner);
            return null;
        });
    }

    @Override
    public void release(long node, long handle, OpenFlags flags, long lockOwner, Reply<Void> reply) {
        answer("release", "release", reply, () -> {
            if (handles.remove(handle) == null) {
                throw new ErrnoException(Errno.EBADF, "released twice: " + handle);
            }
            locks.releaseHandle(node, handle);
            return null;
        });
    }

    @Override
    public void fsync(Caller caller, long node, long handle, boolean dataOnly, Reply<Void> reply) {
        answer(dataOnly ? "fdatasync" : "fsync", "fsync:" + tree.nameOf(node), reply, () -> {
            opened(handle);
            return null;
        });
    }

    @Override
    public void fallocate(
            Caller caller, long node, long handle, int mode, long offset, long length, Reply<Void> reply) {
        answer("fallocate", "fallocate", reply, () -> {
            if (mode != 0) {
                throw new ErrnoException(Errno.EOPNOTSUPP, "mode " + mode);
            }
            opened(handle).content.allocate(offset, length);
            return null;
        });
    }

    @Override
    public void lseek(Caller caller, long node, long handle, long offset, int whence, Reply<Long> reply) {
        answer("lseek", "lseek", reply, () -> opened(handle).content.seek(offset, whence));
    }

    @Override
    public void copyFileRange(
            Caller caller,
            long node,
            long handle,
            long offset,
            long toNode,
            long toHandle,
            long toOffset,
            long length,
            Reply<Long> reply) {
        answer("copy", "copy", reply, () -> {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(length, 1 << 20));
            bytes.limit(opened(handle).content.read(offset, bytes.capacity(), bytes));
            return (long) opened(toHandle).content.write(toOffset, bytes);
        });
    }

    @Override
    public void opendir(Caller caller, long node, OpenFlags flags, Reply<Opened> reply) {
        answer("opendir", "opendir:" + tree.nameOf(node), reply, () -> {
            long handle = tree.nextNumber();
            handles.put(handle, tree.directory(node));
            return Opened.handle(handle);
        });
    }

    @Override
    public void readdir(
            Caller caller, long node, long handle, long position, boolean withAttributes, DirectoryReply reply) {
        counts.computeIfAbsent("readdir", o -> new AtomicLong()).incrementAndGet();
        switches.answer(
                "readdir:" + tree.nameOf(node), () -> list(handle, position, withAttributes, reply), reply::error);
    }

    private void list(long handle, long position, boolean withAttributes, DirectoryReply reply) {
        MemoryNode directory = handles.get(handle);
        boolean room = true;
        if (position == 0) {
            room = reply.add(DOT, directory.id, FileType.DIRECTORY, 1, null);
        }
        if (room && position <= 1) {
            room = reply.add(DOT_DOT, ROOT, FileType.DIRECTORY, 2, null);
        }
        if (room) {
            for (MemoryNode.Child child :
                    directory.order.tailMap(Math.max(2, position), false).values()) {
                if (!add(child, withAttributes, reply)) {
                    break;
                }
            }
        }
        reply.end();
    }

    private boolean add(MemoryNode.Child child, boolean withAttributes, DirectoryReply reply) {
        MemoryNode node = child.node();
        Entry entry = withAttributes ? shown(node) : null;
        boolean taken = reply.add(child.name(), node.id, node.type(), child.position(), entry);
        if (entry != null && !taken) {
            forget(entry.node(), 1);
        }
        return taken;
    }

    @Override
    public void releasedir(long node, long handle, Reply<Void> reply) {
        answer("releasedir", "releasedir", reply, () -> {
            handles.remove(handle);
            return null;
        });
    }

    @Override
    public void fsyncdir(Caller caller, long node, long handle, boolean dataOnly, Reply<Void> reply) {
        answer("fsyncdir", "fsyncdir", reply, () -> null);
    }

    @Override
    public void statfs(Caller caller, long node, Reply<FileSystemStatus> reply) {
        answer("statfs", "statfs", reply, () -> new FileSystemStatus(4096, 1000, 600, 500, 77, 33, 255));
    }

    @Override
    public void access(Caller caller, long node, int mask, Reply<Void> reply) {
        answer("access", "access:" + tree.nameOf(node), reply, () -> null);
    }

    @Override
    public void getxattr(Caller caller, long node, FileName name, Reply<byte[]> reply) {
        answer("getxattr", nameOf(node), reply, () -> MemoryXattrs.get(tree.node(node), name));
    }

    @Override
    public void listxattr(Caller caller, long node, Reply<byte[]> reply) {
        answer("listxattr", nameOf(node), reply, () -> MemoryXattrs.list(tree.node(node)));
    }

    @Override
    public void setxattr(Caller caller, long node, FileName name, byte[] value, int flags, Reply<Void> reply) {
        answer("setxattr", nameOf(node), reply, () -> {
            MemoryXattrs.set(tree.node(node), name, value, flags);
            return null;
        });
    }

    @Override
    public void removexattr(Caller caller, long node, FileName name, Reply<Void> reply) {
        answer("removexattr", nameOf(node), reply, () -> {
            MemoryXattrs.remove(tree.node(node), name);
            return null;
        });
    }

    @Override
    public void getlk(LockRequest request, Reply<LockState> reply) {
        reply.ok(locks.query(request));
    }

    @Override
    public void setlk(LockRequest request, Reply<Void> reply) {
        counts.computeIfAbsent(request.flock() ? "flock" : "lock", o -> new AtomicLong())
                .incrementAndGet();
        locks.set(request, reply);
    }

    /** As {@link MemoryTree#grow}. */
    synchronized void grow(String name, long size, boolean fill) throws ErrnoException {
        tree.grow(name, size, fill);
    }

    /** As {@link MemoryTree#overwrite}. */
    synchronized void overwrite(String name, String content) throws ErrnoException {
        tree.overwrite(name, content);
    }

    /** Tells the kernel to drop what it has of a file in the root. */
    CompletionStage<Boolean> invalidate(String name) throws ErrnoException {
        long node;
        synchronized (this) {
            node = tree.child(FileSystem.ROOT, FileName.of(name)).id;
        }
        return notifier.invalidateNode(node, 0, 0);
    }

    /** Tells the kernel that a file in the root is longer now, and what its last byte is. */
    CompletionStage<Boolean> tellGrowth(String name, long oldSize, long newSize, byte last) throws ErrnoException {
        long node;
        synchronized (this) {
            node = tree.child(FileSystem.ROOT, FileName.of(name)).id;
        }
        return notifier.grow(node, oldSize, newSize, last);
    }

    CompletionStage<Boolean> invalidateEntry(String name) {
        return notifier.invalidateEntry(FileSystem.ROOT, FileName.of(name));
    }

    CompletionStage<Boolean> delete(String name) throws ErrnoException {
        long node;
        synchronized (this) {
            node = tree.child(FileSystem.ROOT, FileName.of(name)).id;
        }
        return notifier.delete(FileSystem.ROOT, node, FileName.of(name));
    }

    /** As {@link MemoryTree#replace}. */
    synchronized void replace(String name, String content) throws ErrnoException {
        tree.replace(name, content);
    }
}
