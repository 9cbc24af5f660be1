package org.netcachefs.daemon.upstream;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileType;

/** The server's side of a {@link MemoryUpstream}. Thread-safe. */
public final class MemorySide implements UpstreamSide {
    private final Object lock;
    private final MemoryNode root;
    private final UpstreamClock clock;
    private long lastInode = 10;

    MemorySide(Object lock, MemoryNode root, UpstreamClock clock) {
        this.lock = lock;
        this.root = root;
        this.clock = clock;
    }

    @Override
    public void directory(String path) {
        make(parent(path), name(path), FileType.DIRECTORY, 0755);
    }

    @Override
    public void file(String path, byte[] content) {
        file(path, Content.of(content));
    }

    /** Makes or overwrites in place a file whose content may be computed. */
    public void file(String path, Content content) {
        synchronized (lock) {
            overwrite(makeOrFind(parent(path), name(path)), content);
        }
    }

    @Override
    public void file(String directory, FileName name, byte[] content) {
        synchronized (lock) {
            overwrite(makeOrFind(find(directory), name), Content.of(content));
        }
    }

    private void overwrite(MemoryNode node, Content content) {
        node.content = content;
        node.touch(clock.getAsLong());
    }

    private MemoryNode makeOrFind(MemoryNode parent, FileName name) {
        MemoryNode there = parent.children.get(name);
        return there != null ? there : make(parent, name, FileType.REGULAR, 0644);
    }

    @Override
    public void write(String path, long offset, byte[] bytes) {
        change(path, node -> overwrite(node, node.content.written(offset, bytes).settled()));
    }

    @Override
    public void truncate(String path, long size) {
        change(path, node -> overwrite(node, node.content.truncated(size).settled()));
    }

    @Override
    public void symlink(String path, String target) {
        make(parent(path), name(path), FileType.SYMLINK, 0777).target = target.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void fifo(String path) {
        make(parent(path), name(path), FileType.FIFO, 0644);
    }

    @Override
    public void rename(String from, String to) {
        synchronized (lock) {
            MemoryNode node = find(from);
            parent(from).children.remove(name(from));
            MemoryNode replaced = parent(to).children.put(name(to), node);
            if (replaced != null) {
                replaced.links--;
            }
            node.changed = clock.getAsLong();
            parent(from).touch(clock.getAsLong());
            parent(to).touch(clock.getAsLong());
        }
    }

    /** Another name for the same file. */
    public void link(String from, String to) {
        synchronized (lock) {
            MemoryNode node = find(from);
            node.links++;
            node.changed = clock.getAsLong();
            parent(to).children.put(name(to), node);
            parent(to).touch(clock.getAsLong());
        }
    }

    /** Another object of the same inode number and type takes the name, as where numbers are made of paths, or given again. */
    public void replaceKeepingInode(String path) {
        synchronized (lock) {
            MemoryNode old = find(path);
            old.links = 0;
            MemoryNode node = new MemoryNode(old.inode, old.type, old.permissions, clock.getAsLong());
            parent(path).children.put(name(path), node);
            parent(path).touch(clock.getAsLong());
        }
    }

    @Override
    public void delete(String path) {
        synchronized (lock) {
            MemoryNode node = find(path);
            node.links = 0;
            node.changed = clock.getAsLong();
            parent(path).children.remove(name(path));
            parent(path).touch(clock.getAsLong());
        }
    }

    @Override
    public void mode(String path, int permissions) {
        change(path, node -> {
            node.permissions = permissions;
            node.changed = clock.getAsLong();
        });
    }

    public void owner(String path, int uid, int gid) {
        change(path, node -> {
            node.uid = uid;
            node.gid = gid;
            node.changed = clock.getAsLong();
        });
    }

    /** User and group. */
    public List<Integer> ownersOf(String path) {
        List<Integer> owners = new ArrayList<>();
        change(path, node -> owners.addAll(List.of(node.uid, node.gid)));
        return owners;
    }

    @Override
    public void modified(String path, long nanos) {
        change(path, node -> {
            node.modified = nanos;
            node.changed = clock.getAsLong();
        });
    }

    @Override
    public void attribute(String path, String name, byte[] value) {
        change(path, node -> {
            node.attributes.put(name, value.clone());
            node.changed = clock.getAsLong();
        });
    }

    /** What the server holds of a file now. */
    public byte[] content(String path) {
        synchronized (lock) {
            return find(path).content.bytes();
        }
    }

    private void change(String path, Consumer<MemoryNode> change) {
        synchronized (lock) {
            change.accept(find(path));
        }
    }

    private MemoryNode make(MemoryNode parent, FileName name, FileType type, int permissions) {
        synchronized (lock) {
            MemoryNode node = node(type, permissions);
            if (parent.children.putIfAbsent(name, node) != null) {
                throw new IllegalStateException("exists: " + name);
            }
            parent.touch(clock.getAsLong());
            return node;
        }
    }

    /** An object without a name. */
    MemoryNode node(FileType type, int permissions) {
        synchronized (lock) {
            return new MemoryNode(++lastInode, type, permissions, clock.getAsLong());
        }
    }

    private MemoryNode find(String path) {
        synchronized (lock) {
            MemoryNode node = root;
            for (String name : path.split("/")) {
                if (!name.isEmpty()) {
                    node = node.children.get(FileName.of(name));
                    if (node == null) {
                        throw new IllegalStateException("no such file: " + path);
                    }
                }
            }
            return node;
        }
    }

    private MemoryNode parent(String path) {
        return find(path.substring(0, Math.max(0, path.lastIndexOf('/'))));
    }

    private static FileName name(String path) {
        return FileName.of(path.substring(path.lastIndexOf('/') + 1));
    }
}
