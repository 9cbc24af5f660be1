package org.netcachefs.fuse.conformance;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.netcachefs.fuse.Caller;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.FileType;

/** The nodes of a {@link MemoryFileSystem} and their names. Changed under that one's lock; looking is thread-safe. */
final class MemoryTree {
    private static final long ROOT = FileSystem.ROOT;
    private static final int RENAME_NOREPLACE = 1;
    private static final int RENAME_EXCHANGE = 2;

    private final Map<Long, MemoryNode> nodes = new ConcurrentHashMap<>();
    private final Map<Long, String> names = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong(ROOT);

    MemoryTree() {
        nodes.put(ROOT, new MemoryNode(ROOT, FileType.DIRECTORY.bits() | 0755));
    }

    /** For a node, a handle or a position in a directory. */
    long nextNumber() {
        return numbers.incrementAndGet();
    }

    /** The name a node got last. */
    String nameOf(long node) {
        return names.get(node);
    }

    /** The lookups not given back, of all nodes. */
    long lookups() {
        return nodes.values().stream().mapToLong(node -> node.lookups.get()).sum();
    }

    MemoryNode node(long id) throws ErrnoException {
        MemoryNode node = nodes.get(id);
        if (node == null) {
            throw new ErrnoException(Errno.ESTALE, "node " + id);
        }
        return node;
    }

    MemoryNode directory(long id) throws ErrnoException {
        MemoryNode node = node(id);
        if (!node.isDirectory()) {
            throw new ErrnoException(Errno.ENOTDIR, "node " + id);
        }
        return node;
    }

    MemoryNode child(long parent, FileName name) throws ErrnoException {
        MemoryNode.Child child = directory(parent).children.get(name);
        if (child == null) {
            throw new ErrnoException(Errno.ENOENT, name.toString());
        }
        return child.node();
    }

    static Entry entry(MemoryNode node) {
        node.lookups.incrementAndGet();
        return new Entry(node.id, node.attributes(), 0, 0);
    }

    void forget(long node, long lookups) {
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

    MemoryNode make(Caller caller, long parent, FileName name, int mode) throws ErrnoException {
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

    MemoryNode link(long node, long newParent, FileName newName) throws ErrnoException {
        MemoryNode directory = directory(newParent);
        if (directory.children.containsKey(newName)) {
            throw new ErrnoException(Errno.EEXIST, newName.toString());
        }
        MemoryNode linked = node(node);
        linked.links++;
        directory.put(newName, linked, numbers.incrementAndGet());
        return linked;
    }

    void unlink(long parent, FileName name) throws ErrnoException {
        MemoryNode gone = child(parent, name);
        if (gone.isDirectory()) {
            throw new ErrnoException(Errno.EISDIR, name.toString());
        }
        drop(directory(parent), name, gone);
    }

    void rmdir(long parent, FileName name) throws ErrnoException {
        MemoryNode gone = directory(child(parent, name).id);
        if (!gone.children.isEmpty()) {
            throw new ErrnoException(Errno.ENOTEMPTY, name.toString());
        }
        gone.links = 1;
        directory(parent).links--;
        drop(directory(parent), name, gone);
    }

    /** A file that only its handle leads to. */
    MemoryNode makeNameless(Caller caller, int mode) {
        MemoryNode made = new MemoryNode(numbers.incrementAndGet(), mode);
        made.uid = caller.uid();
        made.gid = caller.gid();
        made.links = 0;
        nodes.put(made.id, made);
        names.put(made.id, "");
        return made;
    }

    /** {@code flags} of renameat2(2). */
    void rename(long parent, FileName name, long newParent, FileName newName, int flags) throws ErrnoException {
        switch (flags) {
            case 0 -> rename(parent, name, newParent, newName);
            case RENAME_NOREPLACE -> {
                if (directory(newParent).children.containsKey(newName)) {
                    throw new ErrnoException(Errno.EEXIST, newName.toString());
                }
                rename(parent, name, newParent, newName);
            }
            case RENAME_EXCHANGE -> {
                MemoryNode one = child(parent, name);
                MemoryNode other = child(newParent, newName);
                directory(parent).put(name, other, numbers.incrementAndGet());
                directory(newParent).put(newName, one, numbers.incrementAndGet());
            }
            default -> throw new ErrnoException(Errno.EINVAL, "flags " + flags);
        }
    }

    private void rename(long parent, FileName name, long newParent, FileName newName) throws ErrnoException {
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
    }

    private void drop(MemoryNode directory, FileName name, MemoryNode gone) {
        directory.remove(name);
        directory.touch();
        gone.links--;
        reap(gone);
    }

    /** Makes a file of {@code size} bytes without sending them through the mount. */
    void grow(String name, long size, boolean fill) throws ErrnoException {
        MemoryNode made = make(new Caller(0, 0, 0), ROOT, FileName.of(name), FileType.REGULAR.bits() | 0644);
        if (fill) {
            byte[] piece = new byte[1 << 20];
            for (long at = 0; at < size; at += piece.length) {
                new Random(at).nextBytes(piece);
                made.content.write(at, ByteBuffer.wrap(piece));
            }
        }
        made.content.truncate(size);
    }

    /** Changes a file in place, behind the mount's back. */
    void overwrite(String name, String content) throws ErrnoException {
        child(ROOT, FileName.of(name)).content.write(0, ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
    }

    /** Puts another file in {@code name}'s place, as a change behind the mount's back does. */
    void replace(String name, String content) throws ErrnoException {
        MemoryNode root = directory(ROOT);
        FileName fileName = FileName.of(name);
        MemoryNode.Child old = root.children.get(fileName);
        if (old != null) {
            drop(root, fileName, old.node());
        }
        MemoryNode made = make(new Caller(0, 0, 0), ROOT, fileName, FileType.REGULAR.bits() | 0644);
        made.content.write(0, ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
    }
}
