package org.netcachefs.daemon.upstream.internal;

import java.nio.charset.StandardCharsets;
import jnr.ffi.Pointer;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;

/** Native memory for the arguments and results of one call at a time: a status, a file handle, a path, and room for what comes back. Not thread-safe; see {@link ScratchPool}. */
final class Scratch {
    /** Room for struct statx, or struct statfs. */
    static final int STATUS = 0;

    /** Room for struct file_handle with its most, 128 bytes. */
    static final int HANDLE = 256;

    static final int HANDLE_BYTES = 128;

    /** Room for the int name_to_handle_at answers with. */
    static final int MOUNT_ID = HANDLE + 8 + HANDLE_BYTES;

    private static final int EMPTY = MOUNT_ID + 8;
    private static final int NAME = 512;
    private static final int NAME_BYTES = 4096;
    private static final int PATH = NAME + NAME_BYTES;
    private static final int PATH_BYTES = 32;
    private static final int ROOM = PATH + PATH_BYTES;
    private static final byte[] DESCRIPTORS = "/proc/self/fd/".getBytes(StandardCharsets.US_ASCII);

    private final Pointer memory;
    private final long address;
    private final int roomBytes;

    Scratch(int roomBytes) {
        this.memory = Libc.allocate(ROOM + roomBytes);
        this.address = memory.address();
        this.roomBytes = roomBytes;
    }

    Pointer memory() {
        return memory;
    }

    long at(int offset) {
        return address + offset;
    }

    /** The address of the empty path. */
    long empty() {
        return address + EMPTY;
    }

    /** The address of {@code name}, ended by NUL. */
    long name(byte[] name) throws ErrnoException {
        if (name.length >= NAME_BYTES) {
            throw new ErrnoException(Errno.ENAMETOOLONG, "name of " + name.length + " bytes");
        }
        memory.put(NAME, name, 0, name.length);
        memory.putByte(NAME + name.length, (byte) 0);
        return address + NAME;
    }

    /** The address of the path by which /proc names this descriptor. */
    long descriptorPath(int descriptor) {
        memory.put(PATH, DESCRIPTORS, 0, DESCRIPTORS.length);
        int end = PATH + DESCRIPTORS.length + digits(descriptor);
        memory.putByte(end, (byte) 0);
        int rest = descriptor;
        do {
            memory.putByte(--end, (byte) ('0' + rest % 10));
            rest /= 10;
        } while (rest > 0);
        return address + PATH;
    }

    private static int digits(int number) {
        int digits = 1;
        for (int rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        return digits;
    }

    long room() {
        return address + ROOM;
    }

    int roomBytes() {
        return roomBytes;
    }

    /** Puts bytes into the room; its address. */
    long toRoom(byte[] bytes) throws ErrnoException {
        if (bytes.length > roomBytes) {
            throw new ErrnoException(Errno.E2BIG, bytes.length + " bytes");
        }
        memory.put(ROOM, bytes, 0, bytes.length);
        return room();
    }

    /** The first {@code length} bytes of the room. */
    byte[] roomContent(int length) {
        byte[] content = new byte[length];
        memory.get(ROOM, content, 0, length);
        return content;
    }

    /** Copies {@code length} bytes out of the room, from {@code offset}. */
    void fromRoom(int offset, byte[] to, int length) {
        memory.get(ROOM + (long) offset, to, 0, length);
    }

    long roomLong(int offset) {
        return memory.getLong(ROOM + (long) offset);
    }

    int roomShort(int offset) {
        return memory.getShort(ROOM + (long) offset) & 0xffff;
    }

    byte roomByte(int offset) {
        return memory.getByte(ROOM + (long) offset);
    }
}
