package org.netcachefs.fuse.conformance;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.netcachefs.fuse.Attributes;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileType;
import org.netcachefs.fuse.Timestamp;

/** A file, directory or other node. Guarded by its file system, but for content and lookups. */
final class MemoryNode {
    final long id;
    final MemoryContent content = new MemoryContent();
    final Map<FileName, Child> children = new java.util.HashMap<>();
    /** The children by listing position. */
    final ConcurrentSkipListMap<Long, Child> order = new ConcurrentSkipListMap<>();

    final Map<FileName, byte[]> xattrs = new TreeMap<>((a, b) -> java.util.Arrays.compare(a.bytes(), b.bytes()));
    final AtomicLong lookups = new AtomicLong();
    volatile int mode;
    volatile int uid;
    volatile int gid;
    volatile int links = 1;
    volatile int device;
    volatile byte[] target = new byte[0];
    volatile Timestamp accessed;
    volatile Timestamp modified;
    volatile Timestamp changed;

    /** A name's node and the position a listing goes on at behind it. */
    record Child(FileName name, MemoryNode node, long position) {}

    void put(FileName name, MemoryNode node, long position) {
        remove(name);
        Child child = new Child(name, node, position);
        children.put(name, child);
        order.put(position, child);
    }

    void remove(FileName name) {
        Child child = children.remove(name);
        if (child != null) {
            order.remove(child.position());
        }
    }

    MemoryNode(long id, int mode) {
        this.id = id;
        this.mode = mode;
        accessed = modified = changed = now();
        if (isDirectory()) {
            links = 2;
        }
    }

    static Timestamp now() {
        java.time.Instant now = java.time.Instant.now();
        return new Timestamp(now.getEpochSecond(), now.getNano());
    }

    boolean isDirectory() {
        return FileType.ofMode(mode) == FileType.DIRECTORY;
    }

    FileType type() {
        return FileType.ofMode(mode);
    }

    void touch() {
        modified = changed = now();
    }

    Attributes attributes() {
        long size = type() == FileType.SYMLINK ? target.length : content.size();
        long blocks = (content.pageBytes() + 511) / 512;
        return new Attributes(id, mode, links, uid, gid, device, size, blocks, 4096, accessed, modified, changed);
    }
}
