package org.netcachefs.fuse.conformance;

import java.io.ByteArrayOutputStream;
import java.util.Map;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;

/** Extended attributes of a {@link MemoryNode}. */
final class MemoryXattrs {
    private static final int CREATE = 1;
    private static final int REPLACE = 2;

    private MemoryXattrs() {}

    static byte[] get(MemoryNode node, FileName name) throws ErrnoException {
        byte[] value = node.xattrs.get(name);
        if (value == null) {
            throw new ErrnoException(Errno.ENODATA, name.toString());
        }
        return value;
    }

    static byte[] list(MemoryNode node) {
        ByteArrayOutputStream list = new ByteArrayOutputStream();
        for (FileName name : node.xattrs.keySet()) {
            list.writeBytes(name.bytes());
            list.write(0);
        }
        return list.toByteArray();
    }

    static void set(MemoryNode node, FileName name, byte[] value, int flags) throws ErrnoException {
        Map<FileName, byte[]> xattrs = node.xattrs;
        if (flags == CREATE && xattrs.containsKey(name)) {
            throw new ErrnoException(Errno.EEXIST, name.toString());
        }
        if (flags == REPLACE && !xattrs.containsKey(name)) {
            throw new ErrnoException(Errno.ENODATA, name.toString());
        }
        xattrs.put(name, value);
    }

    static void remove(MemoryNode node, FileName name) throws ErrnoException {
        if (node.xattrs.remove(name) == null) {
            throw new ErrnoException(Errno.ENODATA, name.toString());
        }
    }
}
