package org.netcachefs.it.harness;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import jnr.constants.platform.Errno;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.types.off_t;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;

/** The system calls Java has no way to make. Thread-safe. */
public final class Posix {
    public static final int O_RDONLY = 0;
    public static final int O_RDWR = 2;
    public static final int O_CREAT = 0100;
    public static final int O_TRUNC = 01000;
    public static final int O_APPEND = 02000;
    public static final int O_DIRECT = 040000;
    public static final int FALLOC_KEEP_SIZE = 1;
    public static final int FALLOC_PUNCH_HOLE = 2;
    public static final int FALLOC_ZERO_RANGE = 16;
    private static final int O_CLOEXEC = 02000000;
    private static final int FADV_RANDOM = 1;
    private static final int FADV_DONTNEED = 4;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;
    private static final int MS_SYNC = 4;
    private static final long PAGE = 4096;
    private static final Libc LIBC = LibraryLoader.create(Libc.class).load("c");
    private static final Runtime RUNTIME = Runtime.getRuntime(LIBC);

    private Posix() {}

    /** What this class calls; public because jnr-ffi binds it from generated code. */
    public interface Libc {
        int open(byte[] path, int flags, int mode);

        int close(int descriptor);

        @ssize_t
        long pread(int descriptor, ByteBuffer to, @size_t long length, @off_t long offset);

        @ssize_t
        long pwrite(int descriptor, ByteBuffer from, @size_t long length, @off_t long offset);

        int posix_fadvise(int descriptor, @off_t long offset, @off_t long length, int advice);

        int mkfifo(byte[] path, int mode);

        int mkdir(byte[] path, int mode);

        int chmod(byte[] path, int mode);

        int fdatasync(int descriptor);

        int fsync(int descriptor);

        int ftruncate(int descriptor, @off_t long size);

        int truncate(byte[] path, @off_t long size);

        int fallocate(int descriptor, int mode, @off_t long offset, @off_t long length);

        /** One of the six arguments must be a pointer: jnr-ffi passes garbage as the sixth of six numbers. */
        Pointer mmap(Pointer at, @size_t long length, int protection, int flags, int descriptor, @off_t long offset);

        int msync(Pointer at, @size_t long length, int flags);

        int munmap(Pointer at, @size_t long length);
    }

    /** An open descriptor. Closed by {@link #close}. */
    public static final class File implements AutoCloseable {
        private final int descriptor;
        private final Path path;

        private File(int descriptor, Path path) {
            this.descriptor = descriptor;
            this.path = path;
        }

        /** Reads at {@code offset} into the direct buffer's room; returns the bytes read, 0 at the end. */
        public int read(ByteBuffer to, long offset) throws IOException {
            long got = LIBC.pread(descriptor, to, to.remaining(), offset);
            if (got < 0) {
                throw failure("pread", path);
            }
            to.position(to.position() + (int) got);
            return (int) got;
        }

        /** Reads the whole range unless the file ends first. */
        public byte[] read(long offset, int length) throws IOException {
            ByteBuffer to = ByteBuffer.allocateDirect(length);
            while (to.hasRemaining() && read(to, offset + to.position()) > 0) {}
            byte[] bytes = new byte[to.flip().remaining()];
            to.get(bytes);
            return bytes;
        }

        /** Writes what remains of the direct buffer at {@code offset}, or to the end if this was opened with O_APPEND. */
        public void write(ByteBuffer from, long offset) throws IOException {
            long at = offset;
            while (from.hasRemaining()) {
                long put = LIBC.pwrite(descriptor, from, from.remaining(), at);
                if (put <= 0) {
                    throw failure("pwrite", path);
                }
                from.position(from.position() + (int) put);
                at += put;
            }
        }

        public void truncate(long size) throws IOException {
            check(LIBC.ftruncate(descriptor, size), "ftruncate", path);
        }

        public void allocate(int mode, long offset, long length) throws IOException {
            check(LIBC.fallocate(descriptor, mode, offset, length), "fallocate", path);
        }

        public void sync() throws IOException {
            check(LIBC.fsync(descriptor), "fsync", path);
        }

        /** Maps this range (and the rest of its pages), shared, to be read and written. */
        public Mapping map(long offset, int length) throws IOException {
            long start = offset & -PAGE;
            long span = offset + length - start;
            Pointer at = LIBC.mmap(null, span, PROT_READ_WRITE, MAP_SHARED, descriptor, start);
            if (at.address() == -1) {
                throw failure("mmap", path);
            }
            return new Mapping(at, span, offset - start, path);
        }

        public File random() throws IOException {
            advise(FADV_RANDOM);
            return this;
        }

        /** Drops what the kernel caches of the file. */
        public File dropPages() throws IOException {
            advise(FADV_DONTNEED);
            return this;
        }

        private void advise(int advice) throws IOException {
            int error = LIBC.posix_fadvise(descriptor, 0, 0, advice);
            if (error != 0) {
                throw new IOException("posix_fadvise(" + path + "): " + error);
            }
        }

        @Override
        public void close() {
            LIBC.close(descriptor);
        }
    }

    /** A range of a file in memory. Whoever touches a page that lies wholly beyond the file's end gets a SIGBUS. */
    public static final class Mapping implements AutoCloseable {
        private final Pointer at;
        private final long length;
        private final long skipped;
        private final Path path;

        private Mapping(Pointer at, long length, long skipped, Path path) {
            this.at = at;
            this.length = length;
            this.skipped = skipped;
            this.path = path;
        }

        /** From {@code offset} within the range asked for. */
        public byte[] read(int offset, int length) {
            byte[] bytes = new byte[length];
            at.get(skipped + offset, bytes, 0, length);
            return bytes;
        }

        public void write(int offset, byte[] bytes) {
            at.put(skipped + offset, bytes, 0, bytes.length);
        }

        public void sync() throws IOException {
            check(LIBC.msync(at, length, MS_SYNC), "msync", path);
        }

        @Override
        public void close() throws IOException {
            check(LIBC.munmap(at, length), "munmap", path);
        }
    }

    /** A file made by this may be read and written by its owner. */
    public static File open(Path path, int flags) throws IOException {
        int descriptor = LIBC.open(bytes(path), flags | O_CLOEXEC, 0600);
        if (descriptor < 0) {
            throw failure("open", path);
        }
        return new File(descriptor, path);
    }

    /** Opens for reads that pass the kernel's page cache by, so that each comes to the file system. */
    public static File openDirect(Path path) throws IOException {
        return open(path, O_RDONLY | O_DIRECT);
    }

    public static void truncate(Path path, long size) throws IOException {
        check(LIBC.truncate(bytes(path), size), "truncate", path);
    }

    public static void mkfifo(Path path) throws IOException {
        check(LIBC.mkfifo(bytes(path), 0644), "mkfifo", path);
    }

    /** Makes a directory whose name is these bytes, in no particular encoding. */
    public static void mkdir(byte[] path) throws IOException {
        check(LIBC.mkdir(Arrays.copyOf(path, path.length + 1), 0755), "mkdir", Path.of("?"));
    }

    public static Libc libc() {
        return LIBC;
    }

    private static void check(int result, String call, Path path) throws IOException {
        if (result < 0) {
            throw failure(call, path);
        }
    }

    private static ErrnoIOException failure(String call, Path path) {
        int errno = RUNTIME.getLastError();
        return new ErrnoIOException(Errno.valueOf(errno), call + "(" + path + ")");
    }

    private static byte[] bytes(Path path) {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(name, name.length + 1);
    }

    /** A failed call with its errno. */
    public static final class ErrnoIOException extends IOException {
        private static final long serialVersionUID = 1;
        private final Errno errno;

        ErrnoIOException(Errno errno, String what) {
            super(what + ": " + errno);
            this.errno = errno;
        }

        public Errno errno() {
            return errno;
        }
    }
}
