package org.netcachefs.fuse.internal.protocol;

import com.kenai.jffi.MemoryIO;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.internal.Native;

/**
 * A request of the kernel's where it was received; whatever lies behind its end is refused with EINVAL. Offsets are in bytes from the
 * message's start, see {@link RequestLayout}. Used by one thread at a time.
 */
public final class Message {
    private static final MemoryIO MEMORY = Native.MEMORY;
    private static final int LONGEST_NAME = 255;

    private long address;
    private int length;

    /** {@code received} bytes lie at {@code start}. False if they are no whole message: it cannot even be answered. */
    public boolean read(long start, int received) {
        address = start;
        length = received;
        return received >= RequestLayout.Header.END && MEMORY.getInt(start + RequestLayout.Header.LEN) == received;
    }

    /** In bytes. */
    public int length() {
        return length;
    }

    /** Bytes it came with, or asks of a file if these are more. */
    public int moves() {
        boolean reads = opcode() == Opcode.READ && length >= RequestLayout.Data.END;
        return reads ? Math.max(length, MEMORY.getInt(address + RequestLayout.Data.SIZE)) : length;
    }

    public int opcode() {
        return MEMORY.getInt(address + RequestLayout.Header.OPCODE);
    }

    /** The kernel's number of the request. */
    public long unique() {
        return MEMORY.getLong(address + RequestLayout.Header.UNIQUE);
    }

    public long node() {
        return MEMORY.getLong(address + RequestLayout.Header.NODEID);
    }

    public int uid() {
        return MEMORY.getInt(address + RequestLayout.Header.UID);
    }

    public int gid() {
        return MEMORY.getInt(address + RequestLayout.Header.GID);
    }

    /** The thread that asks. */
    public int pid() {
        return MEMORY.getInt(address + RequestLayout.Header.PID);
    }

    public int getInt(int offset) throws ErrnoException {
        return MEMORY.getInt(addressOf(offset, Integer.BYTES));
    }

    public long getLong(int offset) throws ErrnoException {
        return MEMORY.getLong(addressOf(offset, Long.BYTES));
    }

    /** Where these bytes lie. */
    public long addressOf(int offset, int bytes) throws ErrnoException {
        if (offset < 0 || bytes < 0 || offset > length - bytes) {
            throw new ErrnoException(Errno.EINVAL, "a message of " + length + " bytes is too short");
        }
        return address + offset;
    }

    /** The offset behind the NUL that ends the string at {@code offset}. */
    public int endOf(int offset) throws ErrnoException {
        long start = addressOf(offset, 1);
        long nul = MEMORY.indexOf(start, (byte) 0, length - offset);
        if (nul < 0) {
            throw new ErrnoException(Errno.EINVAL, "a string without end");
        }
        return offset + (int) nul + 1;
    }

    /** The string at {@code offset}, without its NUL. */
    public byte[] string(int offset) throws ErrnoException {
        return bytes(offset, endOf(offset) - offset - 1);
    }

    public byte[] bytes(int offset, int count) throws ErrnoException {
        long start = addressOf(offset, count);
        byte[] bytes = new byte[count];
        MEMORY.getByteArray(start, bytes, 0, count);
        return bytes;
    }

    /** The name at {@code offset}, ended by NUL. */
    public FileName name(int offset) throws ErrnoException {
        byte[] bytes = string(offset);
        if (bytes.length > LONGEST_NAME) {
            throw new ErrnoException(Errno.ENAMETOOLONG, bytes.length + " bytes");
        }
        try {
            return FileName.of(bytes);
        } catch (IllegalArgumentException e) {
            throw new ErrnoException(Errno.EINVAL, "no name");
        }
    }
}
