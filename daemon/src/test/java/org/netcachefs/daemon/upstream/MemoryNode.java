package org.netcachefs.daemon.upstream;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.netcachefs.fuse.Attributes;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileType;
import org.netcachefs.fuse.LockRequest;
import org.netcachefs.fuse.Timestamp;
import org.netcachefs.store.ObjectKey;

/** One object of a {@link MemoryUpstream}; guarded by it. */
final class MemoryNode {
    private static final int PAGE = 4096;

    final long inode;
    final FileType type;
    final Map<FileName, MemoryNode> children = new TreeMap<>((a, b) -> Arrays.compareUnsigned(a.bytes(), b.bytes()));
    final Map<String, byte[]> attributes = new TreeMap<>();

    /** What a client's page cache holds. */
    final Map<Long, byte[]> pages = new HashMap<>();

    /** By the descriptor they were taken by. */
    final Map<Object, ByteLocks> locks = new HashMap<>();

    final Map<Object, LockRequest.Kind> flocks = new HashMap<>();

    Content content = Content.of(new byte[0]);
    byte[] target = new byte[0];
    int permissions;
    int uid;
    int gid;
    int links;
    long modified;
    long changed;

    /** What a client saw last. */
    Attributes seen;

    MemoryNode(long inode, FileType type, int permissions, long now) {
        this.inode = inode;
        this.type = type;
        this.permissions = permissions;
        this.links = type == FileType.DIRECTORY ? 2 : 1;
        this.modified = now;
        this.changed = now;
    }

    void touch(long now) {
        modified = now;
        changed = now;
    }

    Attributes attributesNow() {
        long size = type == FileType.SYMLINK ? target.length : content.size();
        return new Attributes(
                inode,
                type.bits() | permissions,
                links,
                uid,
                gid,
                0,
                size,
                (size + 511) / 512,
                PAGE,
                Timestamp.ofNanos(modified),
                Timestamp.ofNanos(modified),
                Timestamp.ofNanos(changed));
    }

    ObjectKey identity() {
        return ObjectKey.of(
                ByteBuffer.allocate(9).put((byte) 'm').putLong(inode).array());
    }

    /** Copies what lies at {@code offset}, past the pages a client holds. */
    int read(long offset, ByteBuffer to) {
        int length = (int) Math.max(0, Math.min(to.remaining(), content.size() - offset));
        for (int i = 0; i < length; i++) {
            to.put(content.at(offset + i));
        }
        return length;
    }

    /** As a client with a page cache reads: pages it holds are not asked for again. */
    int readOverPages(long offset, ByteBuffer to) {
        int length = (int) Math.max(0, Math.min(to.remaining(), content.size() - offset));
        for (int i = 0; i < length; i++) {
            long at = offset + i;
            to.put(pages.computeIfAbsent(at / PAGE, this::page)[(int) (at % PAGE)]);
        }
        return length;
    }

    private byte[] page(long number) {
        ByteBuffer page = ByteBuffer.allocate(PAGE);
        read(number * PAGE, page);
        return page.array();
    }

    void dropPages(long offset, long length) {
        pages.keySet().removeIf(number -> number * PAGE < offset + length && (number + 1) * PAGE > offset);
    }
}
