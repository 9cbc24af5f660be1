package org.netcachefs.fuse.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import org.junit.jupiter.api.Test;
import org.netcachefs.fuse.Caller;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.LockRequest;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.ReadRequest;
import org.netcachefs.fuse.SetAttributes;
import org.netcachefs.fuse.Timestamp;
import org.netcachefs.fuse.WriteRequest;
import org.netcachefs.fuse.internal.protocol.Opcode;

/** What the file system is asked is what the kernel sent. */
class DecodingTest {
    private static final RecordingFileSystem ASKED = new RecordingFileSystem();
    private static final Kernel KERNEL = new Kernel(ASKED.fileSystem());
    private static final Caller CALLER = new Caller(10, 20, 0);
    private static final long NODE = Kernel.NODE;
    private static final FileName NAME = FileName.of("name");

    @AfterContainer
    static void close() throws IOException {
        KERNEL.close();
    }

    private static void asks(String method, Object... arguments) {
        assertThat(ASKED.method()).isEqualTo(method);
        assertThat(ASKED.arguments()).containsExactly(arguments);
    }

    private static void send(int opcode, Object... parts) {
        KERNEL.send(opcode, Kernel.body(parts));
    }

    @Property(tries = 200)
    void reads(
            @ForAll long handle,
            @ForAll long offset,
            @ForAll @IntRange(max = 1 << 20) int size,
            @ForAll long owner,
            @ForAll int flags) {
        send(Opcode.READ, handle, offset, size, 2, owner, flags, 0);
        asks("read", new ReadRequest(CALLER, NODE, handle, offset, size, owner, new OpenFlags(flags)));
    }

    @Property(tries = 200)
    void writes(
            @ForAll long handle,
            @ForAll long offset,
            @ForAll @Size(max = 5000) byte[] bytes,
            @ForAll long owner,
            @ForAll boolean fromPageCache,
            @ForAll boolean takesSetIds) {
        int kind = (fromPageCache ? 1 : 2) | (takesSetIds ? 4 : 0);
        send(Opcode.WRITE, handle, offset, bytes.length, kind, owner, 2, 0, bytes);
        WriteRequest expected =
                new WriteRequest(CALLER, NODE, handle, offset, owner, new OpenFlags(2), fromPageCache, takesSetIds);
        assertThat(ASKED.arguments().get(0)).isEqualTo(expected);
        assertThat(ASKED.written()).isEqualTo(bytes);
    }

    @Property(tries = 200)
    void changesOfAttributes(
            @ForAll @IntRange(max = 4095) int valid,
            @ForAll long size,
            @ForAll long seconds,
            @ForAll @IntRange(max = 999_999_999) int nanos,
            @ForAll int id) {
        send(Opcode.SETATTR, valid, 0, 5L, size, 0L, seconds, seconds + 1, 0L, nanos, nanos, 0, 0644, 0, id, id + 1, 0);
        Timestamp accessed = (valid & 16) == 0 ? null : new Timestamp(seconds, nanos);
        Timestamp modified = (valid & 32) == 0 ? null : new Timestamp(seconds + 1, nanos);
        SetAttributes expected = new SetAttributes(
                (valid & 1) == 0 ? null : 0644,
                (valid & 2) == 0 ? null : (Integer) id,
                (valid & 4) == 0 ? null : (Integer) (id + 1),
                (valid & 8) == 0 ? null : (Long) size,
                (valid & 128) == 0 ? accessed : SetAttributes.NOW,
                (valid & 256) == 0 ? modified : SetAttributes.NOW,
                (valid & 64) == 0 ? null : 5L,
                (valid & 2048) != 0);
        asks("setattr", CALLER, NODE, expected);
    }

    @Property(tries = 100)
    void locks(@ForAll long start, @ForAll long end, @ForAll @IntRange(max = 2) int type, @ForAll boolean flock) {
        send(Opcode.SETLKW, 1L, 2L, start, end, type, 77, flock ? 1 : 0, 0);
        LockRequest.Kind kind = LockRequest.Kind.values()[type];
        asks("setlk", new LockRequest(CALLER.ofProcess(77), NODE, 1, 2, start, end, kind, flock, type != 2));
    }

    @Property(tries = 100)
    void copies(
            @ForAll long handle,
            @ForAll long offset,
            @ForAll long toHandle,
            @ForAll long toOffset,
            @ForAll long length) {
        send(Opcode.COPY_FILE_RANGE, handle, offset, 33L, toHandle, toOffset, length, 0L);
        asks("copyFileRange", CALLER, NODE, handle, offset, 33L, toHandle, toOffset, length);
    }

    @Test
    void names() {
        send(Opcode.LOOKUP, "name");
        asks("lookup", CALLER, NODE, NAME);
        send(Opcode.MKNOD, 0100600, 0x123, 022, 0, "name");
        asks("mknod", CALLER, NODE, NAME, 0100600, 0x123);
        send(Opcode.MKDIR, 0755, 022, "name");
        asks("mkdir", CALLER, NODE, NAME, 0755);
        send(Opcode.UNLINK, "name");
        asks("unlink", CALLER, NODE, NAME);
        send(Opcode.RMDIR, "name");
        asks("rmdir", CALLER, NODE, NAME);
        send(Opcode.LINK, 44L, "name");
        asks("link", CALLER, 44L, NODE, NAME);
        send(Opcode.SYMLINK, "name", "to/there");
        assertThat(ASKED.arguments().get(2)).isEqualTo(NAME);
        assertThat((byte[]) ASKED.arguments().get(3)).asString().isEqualTo("to/there");
        send(Opcode.RENAME, 45L, "name", "new");
        asks("rename", CALLER, NODE, NAME, 45L, FileName.of("new"), 0);
        send(Opcode.RENAME2, 45L, 2, 0, "name", "new");
        asks("rename", CALLER, NODE, NAME, 45L, FileName.of("new"), 2);
    }

    @Test
    void files() {
        OpenFlags flags = new OpenFlags(0101002);
        send(Opcode.OPEN, flags.bits(), 0);
        asks("open", CALLER, NODE, flags);
        send(Opcode.CREATE, flags.bits(), 0640, 022, 0, "name");
        asks("create", CALLER, NODE, NAME, 0640, flags);
        OpenFlags taking = new OpenFlags(flags.bits(), true);
        send(Opcode.OPEN, flags.bits(), 3);
        asks("open", CALLER, NODE, taking);
        send(Opcode.CREATE, flags.bits(), 0640, 022, 1, "name");
        asks("create", CALLER, NODE, NAME, 0640, taking);
        send(Opcode.TMPFILE, flags.bits(), 0640, 022, 0, "/");
        asks("tmpfile", CALLER, NODE, 0640, flags);
        send(Opcode.FLUSH, 5L, 0, 0, 6L);
        asks("flush", CALLER, NODE, 5L, 6L);
        send(Opcode.RELEASE, 5L, flags.bits(), 1, 6L);
        asks("release", NODE, 5L, flags, 6L);
        send(Opcode.FSYNC, 5L, 1, 0);
        asks("fsync", CALLER, NODE, 5L, true);
        send(Opcode.FALLOCATE, 5L, 100L, 200L, 3, 0);
        asks("fallocate", CALLER, NODE, 5L, 3, 100L, 200L);
        send(Opcode.LSEEK, 5L, 100L, 4, 0);
        asks("lseek", CALLER, NODE, 5L, 100L, 4);
        send(Opcode.GETATTR, 0, 0, 5L);
        asks("getattr", CALLER, NODE, FileSystem.NO_HANDLE);
        send(Opcode.GETATTR, 1, 0, 5L);
        asks("getattr", CALLER, NODE, 5L);
        send(Opcode.ACCESS, 4, 0);
        asks("access", CALLER, NODE, 4);
    }

    @Test
    void directoriesAndXattrs() {
        send(Opcode.OPENDIR, 0200000, 0);
        asks("opendir", CALLER, NODE, new OpenFlags(0200000));
        send(Opcode.READDIR, 5L, 6L, 4096, 0, 0L, 0, 0);
        asks("readdir", CALLER, NODE, 5L, 6L, false);
        send(Opcode.FSYNCDIR, 5L, 0, 0);
        asks("fsyncdir", CALLER, NODE, 5L, false);
        send(Opcode.RELEASEDIR, 5L, 0, 0, 0L);
        asks("releasedir", NODE, 5L);
        send(Opcode.GETXATTR, 100, 0, "user.a");
        asks("getxattr", CALLER, NODE, FileName.of("user.a"));
        send(Opcode.SETXATTR, 2, 1, "user.a", new byte[] {7, 8});
        assertThat((byte[]) ASKED.arguments().get(3)).containsExactly(7, 8);
        assertThat(ASKED.arguments().get(4)).isEqualTo(1);
        send(Opcode.REMOVEXATTR, "user.a");
        asks("removexattr", CALLER, NODE, FileName.of("user.a"));
    }

    /** The one entry with attributes is a lookup, which the answer carries; the dots are none. */
    @Test
    void listingWithAttributes_isLaidOutAsTheKernelExpects() {
        List<byte[]> answers = KERNEL.send(Opcode.READDIRPLUS, Kernel.body(5L, 0L, 4096, 0, 0L, 0, 0));
        ByteBuffer answer = ByteBuffer.wrap(answers.get(0)).order(ByteOrder.nativeOrder());
        int second = 16 + 128 + 32;
        assertThat(answer.getLong(16)).as("node of the dot").isZero();
        assertThat(answer.getInt(16 + 128 + 16)).as("length of its name").isEqualTo(1);
        assertThat(answer.getLong(second)).isEqualTo(9);
        assertThat(answer.getLong(second + 128 + 8)).as("where to go on").isEqualTo(2);
        assertThat(answer.getInt(second + 128 + 20)).as("type").isEqualTo(8);
        assertThat(answer.capacity()).isEqualTo(second + 128 + 32);
    }

    @Test
    void names_thatAreNone_areRefused() {
        assertThat(errno(KERNEL.send(Opcode.LOOKUP, Kernel.body("")))).isEqualTo(Errno.EINVAL);
        assertThat(errno(KERNEL.send(Opcode.LOOKUP, Kernel.body("a/b")))).isEqualTo(Errno.EINVAL);
        assertThat(errno(KERNEL.send(Opcode.LOOKUP, new byte[] {'a', 'b'}))).isEqualTo(Errno.EINVAL);
        assertThat(errno(KERNEL.send(Opcode.LOOKUP, Kernel.body("x".repeat(256)))))
                .isEqualTo(Errno.ENAMETOOLONG);
    }

    @Test
    void whatIsNotKnown_isEnosys() {
        assertThat(errno(KERNEL.send(Opcode.SYNCFS, Kernel.body(0L)))).isEqualTo(Errno.ENOSYS);
        assertThat(errno(KERNEL.send(4096, Kernel.body(0L)))).isEqualTo(Errno.ENOSYS);
        assertThat(errno(KERNEL.send(Opcode.IOCTL, Kernel.body(0L, 0L, 0L, 0L))))
                .isEqualTo(Errno.ENOTTY);
    }

    private static Errno errno(List<byte[]> answers) {
        return Errno.of(
                -ByteBuffer.wrap(answers.get(0)).order(ByteOrder.nativeOrder()).getInt(4));
    }
}
