package org.netcachefs.fuse.conformance;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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

/** A whole read-write file system in memory, with {@link Switches} to make it slow, hang and fail. Thread-safe. */
final class MemoryFileSystem implements FileSystem {
    private static final FileName DOT = FileName.of(".");
    private static final FileName DOT_DOT = FileName.of("..");
    private static final int XATTR_CREATE = 1;
    private static final int XATTR_REPLACE = 2;

    private final Map<Long, MemoryNode> nodes = new ConcurrentHashMap<>();
    private final Map<Long, MemoryNode> handles = new ConcurrentHashMap<>();
    private final Map<Long, String> names = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong(ROOT);
    private final MemoryLocks locks = new MemoryLocks();
    private final Switches switches;
    /** Counted by operation. */
    final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();

    volatile boolean destroyed;
    volatile boolean initialised;
    volatile Caller lastCaller = new Caller(-1, -1, -1);

    MemoryFileSystem(Switches switches) {
        this.switches = switches;
        MemoryNode root = new MemoryNode(ROOT, FileType.DIRECTORY.bits() | 0755);
        nodes.put(ROOT, root);
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

    private MemoryNode node(long id) throws ErrnoException {
        MemoryNode node = nodes.get(id);
        if (node == null) {
            throw new ErrnoException(Errno.ESTALE, "node " + id);
        }
        return node;
    }

    private MemoryNode directory(long id) throws ErrnoException {
        MemoryNode node = node(id);
        if (!node.isDirectory()) {
            throw new ErrnoException(Errno.ENOTDIR, "node " + id);
        }
        return node;
    }

    private MemoryNode child(long parent, FileName name) throws ErrnoException {
        MemoryNode.Child child = directory(parent).children.get(name);
        if (child == null) {
            throw new ErrnoException(Errno.ENOENT, name.toString());
        }
        return child.node();
    }

    private static Entry entry(MemoryNode node) {
        node.lookups.incrementAndGet();
        return new Entry(node.id, node.attributes(), 0, 0);
    }

    private static String nameOf(long node) {
        return "#" + node;
    }

    /** The lookups not given back, of all nodes. */
    long lookups() {
        return nodes.values().stream().mapToLong(node -> node.lookups.get()).sum();
    }

    long openHandles() {
        return handles.size();
    }

    @Override
    public void init(org.netcachefs.fuse.Notifier notifier) {
        initialised = true;
    }

    @Override
    public void destroy() {
        destroyed = true;
    }

    @Override
    public void lookup(Caller caller, long parent, FileName name, Reply<Entry> reply) {
        lastCaller = caller;
        answer("lookup", "lookup:" + name, reply, () -> entry(child(parent, name)), entry -> forget(entry.node(), 1));
    }

    @Override
    public void forget(long node, long lookups) {
        MemoryNode found = nodes.get(node);
        if (found == null || found.lookups.addAndGet(-lookups) < 0) {
            throw new IllegalStateException("more forgotten than looked up: " + node);
        }
        reap(found);
    }

    /** A node without names, lookups and handles is gone. */
    private void reap(MemoryNode node) {
        if (node.links <= 0 && node.lookups.get() == 0 && node.id != ROOT) {
            nodes.remove(node.id);
        }
    }

    @Override
    public void getattr(Caller caller, long node, long handle, Reply<ValidAttributes> reply) {
        answer("getattr", "getattr", reply, () -> valid(node(node)));
    }

    private static ValidAttributes valid(MemoryNode node) {
        return new ValidAttributes(node.attributes(), 0);
    }

    @Override
    public void setattr(Caller caller, long node, SetAttributes change, Reply<ValidAttributes> reply) {
        answer("setattr", "setattr", reply, () -> {
            MemoryNode changed = node(node);
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
        answer("readlink", "readlink", reply, () -> node(node).target);
    }

    private MemoryNode make(Caller caller, long parent, FileName name, int mode) throws ErrnoException {
        MemoryNode directory = directory(parent);
        if (directory.children.containsKey(name)) {
            throw new ErrnoException(Errno.EEXIST, name.toString());
        }
        MemoryNode made = new MemoryNode(numbers.incrementAndGet(), mode);
        made.uid = caller.uid();
        made.gid = caller.gid();
        nodes.put(made.id, made);
        directory.put(name, made, numbers.incrementAndGet());
        directory.links += made.isDirectory() ? 1 : 0;
        directory.touch();
        names.put(made.id, name.toString());
        return made;
    }

    @Override
    public void mknod(Caller caller, long parent, FileName name, int mode, int device, Reply<Entry> reply) {
        answer("mknod", name.toString(), reply, () -> {
            MemoryNode made = make(caller, parent, name, mode);
            made.device = device;
            return entry(made);
        });
    }

    @Override
    public void mkdir(Caller caller, long parent, FileName name, int mode, Reply<Entry> reply) {
        answer(
                "mkdir",
                name.toString(),
                reply,
                () -> entry(make(caller, parent, name, FileType.DIRECTORY.bits() | (mode & 07777))));
    }

    @Override
    public void symlink(Caller caller, long parent, FileName name, byte[] target, Reply<Entry> reply) {
        answer("symlink", name.toString(), reply, () -> {
            MemoryNode made = make(caller, parent, name, FileType.SYMLINK.bits() | 0777);
            made.target = target;
            return entry(made);
        });
    }

    @Override
    public void link(Caller caller, long node, long newParent, FileName newName, Reply<Entry> reply) {
        answer("link", newName.toString(), reply, () -> {
            MemoryNode directory = directory(newParent);
            if (directory.children.containsKey(newName)) {
                throw new ErrnoException(Errno.EEXIST, newName.toString());
            }
            MemoryNode linked = node(node);
            linked.links++;
            directory.put(newName, linked, numbers.incrementAndGet());
            return entry(linked);
        });
    }

    @Override
    public void unlink(Caller caller, long parent, FileName name, Reply<Void> reply) {
        answer("unlink", name.toString(), reply, () -> {
            MemoryNode gone = child(parent, name);
            if (gone.isDirectory()) {
                throw new ErrnoException(Errno.EISDIR, name.toString());
            }
            drop(directory(parent), name, gone);
            return null;
        });
    }

    @Override
    public void rmdir(Caller caller, long parent, FileName name, Reply<Void> reply) {
        answer("rmdir", name.toString(), reply, () -> {
            MemoryNode gone = directory(child(parent, name).id);
            if (!gone.children.isEmpty()) {
                throw new ErrnoException(Errno.ENOTEMPTY, name.toString());
            }
            gone.links = 1;
            directory(parent).links--;
            drop(directory(parent), name, gone);
            return null;
        });
    }

    private void drop(MemoryNode directory, FileName name, MemoryNode gone) {
        directory.remove(name);
        directory.touch();
        gone.links--;
        reap(gone);
    }

    @Override
    public void rename(
            Caller caller, long parent, FileName name, long newParent, FileName newName, int flags, Reply<Void> reply) {
        answer("rename", name.toString(), reply, () -> {
            MemoryNode moved = child(parent, name);
            MemoryNode.Child replaced = directory(newParent).children.get(newName);
            if (replaced != null
                    && replaced.node().isDirectory()
                    && !replaced.node().children.isEmpty()) {
                throw new ErrnoException(Errno.ENOTEMPTY, newName.toString());
            }
            if (replaced != null && replaced.node() != moved) {
                drop(directory(newParent), newName, replaced.node());
            }
            directory(parent).remove(name);
            directory(newParent).put(newName, moved, numbers.incrementAndGet());
            names.put(moved.id, newName.toString());
            return null;
        });
    }

    private void undo(Opened refused) {
        handles.remove(refused.handle());
    }

    private Opened open(MemoryNode node, OpenFlags flags) {
        long handle = numbers.incrementAndGet();
        handles.put(handle, node);
        if (flags.truncates()) {
            node.content.truncate(0);
        }
        Opened opened = Opened.handle(handle);
        return switch (switches.of("opened:" + names.get(node.id))) {
            case "keep" -> opened.keepCache();
            case "direct" -> opened.directIo();
            default -> opened;
        };
    }

    @Override
    public void open(Caller caller, long node, OpenFlags flags, Reply<Opened> reply) {
        answer("open", "open:" + names.get(node), reply, () -> open(node(node), flags), this::undo);
    }

    @Override
    public void create(Caller caller, long parent, FileName name, int mode, OpenFlags flags, Reply<Created> reply) {
        answer(
                "create",
                "create:" + name,
                reply,
                () -> {
                    MemoryNode made = make(caller, parent, name, FileType.REGULAR.bits() | (mode & 07777));
                    return new Created(entry(made), open(made, flags));
                },
                created -> {
                    undo(created.opened());
                    forget(created.entry().node(), 1);
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
        String name = "read:" + names.get(request.node());
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
        answer("write", "write:" + names.get(request.node()), reply, () -> {
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
        answer("flush", "flush:" + names.get(node), reply, () -> {
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
        answer(dataOnly ? "fdatasync" : "fsync", "fsync:" + names.get(node), reply, () -> {
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
    public void opendir(Caller caller, long node, OpenFlags flags, Reply<Opened> reply) {
        answer("opendir", "opendir:" + names.get(node), reply, () -> {
            long handle = numbers.incrementAndGet();
            handles.put(handle, directory(node));
            return Opened.handle(handle);
        });
    }

    @Override
    public void readdir(
            Caller caller, long node, long handle, long position, boolean withAttributes, DirectoryReply reply) {
        counts.computeIfAbsent("readdir", o -> new AtomicLong()).incrementAndGet();
        switches.answer("readdir:" + names.get(node), () -> list(handle, position, reply), reply::error);
    }

    private void list(long handle, long position, DirectoryReply reply) {
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
                if (!reply.add(child.name(), child.node().id, child.node().type(), child.position(), null)) {
                    break;
                }
            }
        }
        reply.end();
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
        answer("access", "access:" + names.get(node), reply, () -> null);
    }

    @Override
    public void getxattr(Caller caller, long node, FileName name, Reply<byte[]> reply) {
        answer("getxattr", nameOf(node), reply, () -> {
            byte[] value = node(node).xattrs.get(name);
            if (value == null) {
                throw new ErrnoException(Errno.ENODATA, name.toString());
            }
            return value;
        });
    }

    @Override
    public void listxattr(Caller caller, long node, Reply<byte[]> reply) {
        answer("listxattr", nameOf(node), reply, () -> {
            java.io.ByteArrayOutputStream list = new java.io.ByteArrayOutputStream();
            for (FileName name : node(node).xattrs.keySet()) {
                list.writeBytes(name.bytes());
                list.write(0);
            }
            return list.toByteArray();
        });
    }

    @Override
    public void setxattr(Caller caller, long node, FileName name, byte[] value, int flags, Reply<Void> reply) {
        answer("setxattr", nameOf(node), reply, () -> {
            Map<FileName, byte[]> xattrs = node(node).xattrs;
            if (flags == XATTR_CREATE && xattrs.containsKey(name)) {
                throw new ErrnoException(Errno.EEXIST, name.toString());
            }
            if (flags == XATTR_REPLACE && !xattrs.containsKey(name)) {
                throw new ErrnoException(Errno.ENODATA, name.toString());
            }
            xattrs.put(name, value);
            return null;
        });
    }

    @Override
    public void removexattr(Caller caller, long node, FileName name, Reply<Void> reply) {
        answer("removexattr", nameOf(node), reply, () -> {
            if (node(node).xattrs.remove(name) == null) {
                throw new ErrnoException(Errno.ENODATA, name.toString());
            }
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

    /** Makes a file of {@code size} bytes without sending them through the mount. */
    synchronized void grow(String name, long size, boolean fill) throws ErrnoException {
        MemoryNode made = make(new Caller(0, 0, 0), ROOT, FileName.of(name), FileType.REGULAR.bits() | 0644);
        if (fill) {
            byte[] piece = new byte[1 << 20];
            for (long at = 0; at < size; at += piece.length) {
                new java.util.Random(at).nextBytes(piece);
                made.content.write(at, ByteBuffer.wrap(piece));
            }
        }
        made.content.truncate(size);
    }

    /** Puts another file in {@code name}'s place, as a change behind the mount's back does. */
    synchronized void replace(String name, String content) throws ErrnoException {
        MemoryNode root = directory(ROOT);
        FileName fileName = FileName.of(name);
        MemoryNode.Child old = root.children.get(fileName);
        if (old != null) {
            drop(root, fileName, old.node());
        }
        MemoryNode made = make(new Caller(0, 0, 0), ROOT, fileName, FileType.REGULAR.bits() | 0644);
        made.content.write(0, ByteBuffer.wrap(content.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }
}
