package org.netcachefs.it.harness;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import jnr.constants.platform.Errno;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import org.netcachefs.it.harness.Posix.ErrnoIOException;

/** Linux's own calls on files: holes, copies made by the file system, files without a name, renaming with flags. Thread-safe. */
public final class LinuxCalls {
    public static final int SEEK_DATA = 3;
    public static final int SEEK_HOLE = 4;
    public static final int RENAME_NOREPLACE = 1;
    public static final int RENAME_EXCHANGE = 2;

    private static final int O_TMPFILE =
            020000000 | (System.getProperty("os.arch").equals("aarch64") ? 040000 : 0200000);
    private static final int O_CLOEXEC = 02000000;
    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_FOLLOW = 0x400;
    private static final Libc LIBC = LibraryLoader.create(Libc.class).load("c");
    private static final Runtime RUNTIME = Runtime.getRuntime(LIBC);

    private LinuxCalls() {}

    /** What this class calls; public because jnr-ffi binds it from generated code. */
    public interface Libc {
        int open(byte[] path, int flags, int mode);

        int close(int descriptor);

        long lseek(int descriptor, long offset, int whence);

        long pwrite(int descriptor, ByteBuffer from, long length, long offset);

        long pread(int descriptor, ByteBuffer to, long length, long offset);

        /** {@code unused}: of six integers jnr-ffi passes garbage as the last. */
        long copy_file_range(int from, long fromOffset, int to, long toOffset, long length, int flags, int unused);

        int linkat(int directory, byte[] path, int newDirectory, byte[] newPath, int flags);

        int renameat2(int directory, byte[] path, int newDirectory, byte[] newPath, int flags);
    }

    /** An open descriptor with a position of its own. Closed by {@link #close}. */
    public static final class File implements AutoCloseable {
        private final int descriptor;
        private final Path path;

        private File(int descriptor, Path path) {
            this.descriptor = descriptor;
            this.path = path;
        }

        public long seek(long offset, int whence) throws IOException {
            return check(LIBC.lseek(descriptor, offset, whence), "lseek", path);
        }

        public void write(byte[] bytes, long offset) throws IOException {
            ByteBuffer direct =
                    ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
            if (check(LIBC.pwrite(descriptor, direct, bytes.length, offset), "pwrite", path) != bytes.length) {
                throw new IOException("short write of " + path);
            }
        }

        /** What one read gives. */
        public byte[] read(long offset, int length) throws IOException {
            ByteBuffer direct = ByteBuffer.allocateDirect(length);
            byte[] bytes = new byte[(int) check(LIBC.pread(descriptor, direct, length, offset), "pread", path)];
            direct.get(bytes);
            return bytes;
        }

        /** From where {@code this} stands to where {@code to} does, both of which move on; returns the bytes copied. */
        public long copyTo(File to, long length) throws IOException {
            return check(
                    LIBC.copy_file_range(descriptor, 0, to.descriptor, 0, length, 0, 0), "copy_file_range", to.path);
        }

        /** Gives what {@link #unnamed} made a name. */
        public void link(Path name) throws IOException {
            byte[] self = bytes(Path.of("/proc/self/fd/" + descriptor));
            check(LIBC.linkat(AT_FDCWD, self, AT_FDCWD, bytes(name), AT_SYMLINK_FOLLOW), "linkat", name);
        }

        @Override
        public void close() throws IOException {
            check(LIBC.close(descriptor), "close", path);
        }
    }

    public static File open(Path path, int flags) throws IOException {
        return new File((int) check(LIBC.open(bytes(path), flags | O_CLOEXEC, 0600), "open", path), path);
    }

    /** A file without a name in {@code directory}, to be read and written. */
    public static File unnamed(Path directory) throws IOException {
        return open(directory, O_TMPFILE | Posix.O_RDWR);
    }

    public static void rename(Path from, Path to, int flags) throws IOException {
        check(LIBC.renameat2(AT_FDCWD, bytes(from), AT_FDCWD, bytes(to), flags), "renameat2", from);
    }

    private static long check(long result, String call, Path path) throws IOException {
        if (result < 0) {
            throw new ErrnoIOException(Errno.valueOf(RUNTIME.getLastError()), call + "(" + path + ")");
        }
        return result;
    }

    private static byte[] bytes(Path path) {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(name, name.length + 1);
    }
}
