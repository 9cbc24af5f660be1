package org.netcachefs.it.harness;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import jnr.constants.platform.Errno;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import jnr.ffi.types.off_t;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;

/** The system calls Java has no way to make. Thread-safe. */
public final class Posix {
    public static final int O_RDONLY = 0;
    public static final int O_DIRECT = 040000;
    private static final int FADV_RANDOM = 1;
    private static final int FADV_DONTNEED = 4;
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
    }

    /** An open descriptor for reading. Closed by {@link #close}. */
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

    public static File open(Path path, int flags) throws IOException {
        int descriptor = LIBC.open(bytes(path), flags | 02000000, 0);
        if (descriptor < 0) {
            throw failure("open", path);
        }
        return new File(descriptor, path);
    }

    /** Opens for reads that pass the kernel's page cache by, so that each comes to the file system. */
    public static File openDirect(Path path) throws IOException {
        return open(path, O_RDONLY | O_DIRECT);
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
