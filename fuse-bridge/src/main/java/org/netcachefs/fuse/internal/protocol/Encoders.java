package org.netcachefs.fuse.internal.protocol;

import com.kenai.jffi.MemoryIO;
import org.netcachefs.fuse.Attributes;
import org.netcachefs.fuse.Created;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileSystemStatus;
import org.netcachefs.fuse.LockRequest;
import org.netcachefs.fuse.LockState;
import org.netcachefs.fuse.Opened;
import org.netcachefs.fuse.Timestamp;
import org.netcachefs.fuse.ValidAttributes;
import org.netcachefs.fuse.internal.Native;

/** The structs that answers are made of. */
public final class Encoders {
    private static final MemoryIO MEMORY = Native.MEMORY;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final int PAGE = 4096;

    public static final Encoder<Void> NOTHING = fixed(0, (address, nothing) -> {});
    public static final Encoder<Entry> ENTRY = fixed(AnswerLayout.Entry.SIZE, Encoders::entry);
    public static final Encoder<ValidAttributes> ATTRIBUTES =
            fixed(AnswerLayout.Attributes.SIZE, Encoders::validAttributes);
    public static final Encoder<Opened> OPENED = fixed(AnswerLayout.Open.SIZE, Encoders::opened);
    public static final Encoder<Created> CREATED =
            fixed(AnswerLayout.Entry.SIZE + AnswerLayout.Open.SIZE, Encoders::created);
    public static final Encoder<Integer> WRITTEN =
            fixed(AnswerLayout.Count.SIZE, (address, count) -> MEMORY.putLong(address, (long) count));
    /** What fits into 32 bits. */
    public static final Encoder<Long> COPIED = fixed(AnswerLayout.Count.SIZE, MEMORY::putLong);

    public static final Encoder<Long> OFFSET = fixed(AnswerLayout.Offset.SIZE, MEMORY::putLong);
    public static final Encoder<FileSystemStatus> STATUS = fixed(AnswerLayout.Statfs.SIZE, Encoders::status);
    public static final Encoder<LockState> LOCK = fixed(AnswerLayout.FileLock.SIZE, Encoders::lock);
    /** What is at most a page: a link's target. */
    public static final Encoder<byte[]> BYTES = new Bytes(PAGE);

    private static final Encoder<byte[]> LENGTH =
            fixed(AnswerLayout.Count.SIZE, (address, value) -> MEMORY.putLong(address, value.length));

    private Encoders() {}

    /** A value that is always of one size. */
    private interface Writer<T> {
        void put(long address, T value);
    }

    private record Fixed<T>(int bytes, Writer<T> writer) implements Encoder<T> {
        @Override
        public int size(T value) {
            return bytes;
        }

        @Override
        public void put(long address, T value) {
            writer.put(address, value);
        }
    }

    private static <T> Encoder<T> fixed(int bytes, Writer<T> writer) {
        return new Fixed<>(bytes, writer);
    }

    /** As many bytes as there is {@code room} for, or an error. */
    private record Bytes(long room) implements Encoder<byte[]> {
        @Override
        public int size(byte[] value) throws ErrnoException {
            if (value.length > room) {
                throw new ErrnoException(Errno.ERANGE, value.length + " bytes do not fit into " + room);
            }
            return value.length;
        }

        @Override
        public void put(long address, byte[] value) {
            MEMORY.putByteArray(address, value, 0, value.length);
        }
    }

    /** An extended attribute or the list of them, for who has room for {@code room} bytes; 0: who asks for the length only. */
    public static Encoder<byte[]> xattr(long room) {
        return room == 0 ? LENGTH : new Bytes(room);
    }

    /** {@code struct fuse_entry_out}. */
    static void entry(long address, Entry entry) {
        MEMORY.putLong(address + AnswerLayout.Entry.NODEID, entry.node());
        // A node's number is never given to another.
        MEMORY.putLong(address + AnswerLayout.Entry.GENERATION, 0);
        MEMORY.putLong(address + AnswerLayout.Entry.ENTRY_VALID, entry.entryValidNanos() / NANOS_PER_SECOND);
        MEMORY.putLong(address + AnswerLayout.Entry.ATTR_VALID, entry.attributesValidNanos() / NANOS_PER_SECOND);
        MEMORY.putInt(address + AnswerLayout.Entry.ENTRY_VALID_NSEC, nanos(entry.entryValidNanos()));
        MEMORY.putInt(address + AnswerLayout.Entry.ATTR_VALID_NSEC, nanos(entry.attributesValidNanos()));
        attributes(address + AnswerLayout.Entry.ATTR, entry.attributes());
    }

    private static int nanos(long duration) {
        return (int) (duration % NANOS_PER_SECOND);
    }

    private static void validAttributes(long address, ValidAttributes attributes) {
        MEMORY.putLong(address + AnswerLayout.Attributes.ATTR_VALID, attributes.validNanos() / NANOS_PER_SECOND);
        MEMORY.putInt(address + AnswerLayout.Attributes.ATTR_VALID_NSEC, nanos(attributes.validNanos()));
        MEMORY.putInt(address + AnswerLayout.Attributes.DUMMY, 0);
        attributes(address + AnswerLayout.Attributes.ATTR, attributes.attributes());
    }

    /** {@code struct fuse_attr}. */
    private static void attributes(long address, Attributes attributes) {
        MEMORY.putLong(address + AnswerLayout.Attr.INO, attributes.inode());
        MEMORY.putLong(address + AnswerLayout.Attr.SIZE_BYTES, attributes.size());
        MEMORY.putLong(address + AnswerLayout.Attr.BLOCKS, attributes.blocks());
        time(address + AnswerLayout.Attr.ATIME, address + AnswerLayout.Attr.ATIMENSEC, attributes.accessed());
        time(address + AnswerLayout.Attr.MTIME, address + AnswerLayout.Attr.MTIMENSEC, attributes.modified());
        time(address + AnswerLayout.Attr.CTIME, address + AnswerLayout.Attr.CTIMENSEC, attributes.changed());
        MEMORY.putInt(address + AnswerLayout.Attr.MODE, attributes.mode());
        MEMORY.putInt(address + AnswerLayout.Attr.NLINK, attributes.links());
        MEMORY.putInt(address + AnswerLayout.Attr.UID, attributes.uid());
        MEMORY.putInt(address + AnswerLayout.Attr.GID, attributes.gid());
        MEMORY.putInt(address + AnswerLayout.Attr.RDEV, attributes.device());
        MEMORY.putInt(address + AnswerLayout.Attr.BLKSIZE, attributes.blockSize());
        MEMORY.putInt(address + AnswerLayout.Attr.FLAGS, 0);
    }

    private static void time(long seconds, long nanos, Timestamp time) {
        MEMORY.putLong(seconds, time.seconds());
        MEMORY.putInt(nanos, time.nanos());
    }

    private static void opened(long address, Opened opened) {
        int flags = (opened.isDirectIo() ? AnswerLayout.Open.FOPEN_DIRECT_IO : 0)
                | (opened.keepsCache() ? AnswerLayout.Open.FOPEN_KEEP_CACHE : 0);
        MEMORY.putLong(address + AnswerLayout.Open.FH, opened.handle());
        MEMORY.putInt(address + AnswerLayout.Open.OPEN_FLAGS, flags);
        MEMORY.putInt(address + AnswerLayout.Open.PADDING, 0);
    }

    private static void created(long address, Created created) {
        entry(address, created.entry());
        opened(address + AnswerLayout.Entry.SIZE, created.opened());
    }

    private static void status(long address, FileSystemStatus status) {
        MEMORY.setMemory(address, AnswerLayout.Statfs.SIZE, (byte) 0);
        MEMORY.putLong(address + AnswerLayout.Statfs.BLOCKS, status.blocks());
        MEMORY.putLong(address + AnswerLayout.Statfs.BFREE, status.freeBlocks());
        MEMORY.putLong(address + AnswerLayout.Statfs.BAVAIL, status.availableBlocks());
        MEMORY.putLong(address + AnswerLayout.Statfs.FILES, status.files());
        MEMORY.putLong(address + AnswerLayout.Statfs.FFREE, status.freeFiles());
        MEMORY.putInt(address + AnswerLayout.Statfs.BSIZE, status.blockSize());
        MEMORY.putInt(address + AnswerLayout.Statfs.NAMELEN, status.nameLength());
        MEMORY.putInt(address + AnswerLayout.Statfs.FRSIZE, status.blockSize());
    }

    private static void lock(long address, LockState state) {
        MEMORY.putLong(address + AnswerLayout.FileLock.START, state.start());
        MEMORY.putLong(address + AnswerLayout.FileLock.END, state.endInclusive());
        MEMORY.putInt(address + AnswerLayout.FileLock.TYPE, lockType(state.kind()));
        MEMORY.putInt(address + AnswerLayout.FileLock.PID, state.pid());
    }

    /** F_RDLCK, F_WRLCK, F_UNLCK. */
    private static int lockType(LockRequest.Kind kind) {
        return switch (kind) {
            case READ -> 0;
            case WRITE -> 1;
            case UNLOCK -> 2;
        };
    }
}
