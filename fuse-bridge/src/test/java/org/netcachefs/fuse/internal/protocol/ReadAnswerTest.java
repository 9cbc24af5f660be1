package org.netcachefs.fuse.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.Segment;
import org.netcachefs.fuse.internal.Libc;
import org.netcachefs.fuse.internal.Native;

class ReadAnswerTest {
    private static final int LENGTH = 8192;
    private static final int O_APPEND = 02000;

    @TempDir
    private Path directory;

    private Path kernel;
    private int source;

    @BeforeEach
    void makeFiles() throws Exception {
        kernel = Files.createFile(directory.resolve("kernel"));
        source = open(Files.write(directory.resolve("source"), new byte[LENGTH]), 0);
    }

    @AfterEach
    void close() {
        Native.libc().close(source);
    }

    private static int open(Path file, int flags) {
        return Native.libc().open(file.toString(), Libc.O_RDWR | Libc.O_CLOEXEC | flags);
    }

    /** What arrives in the file that stands for the kernel, opened with {@code flags} too. */
    private ByteBuffer sent(int flags, boolean expected) throws Exception {
        int target = open(kernel, flags);
        Origin origin = new Origin(
                new KernelChannel(target), new InterruptDesk(), new AnswerBuffers(LENGTH), new SplicePipes());
        ReadAnswer answer = new ReadAnswer(origin, 7, 0, LENGTH);
        AtomicInteger released = new AtomicInteger();
        boolean taken = answer.segments(
                List.of(Segment.region(source, 0, LENGTH)),
                released::incrementAndGet,
                errno -> released.addAndGet(100));
        Native.libc().close(target);
        origin.pipes().close();
        assertThat(taken).isEqualTo(expected);
        assertThat(released).hasValue(1);
        assertThat(answer.isAnswered()).isTrue();
        return ByteBuffer.wrap(Files.readAllBytes(kernel)).order(ByteOrder.nativeOrder());
    }

    @Test
    void region_isSentBehindItsHeader() throws Exception {
        ByteBuffer sent = sent(0, true);
        assertThat(sent.getInt(AnswerLayout.Header.LEN)).isEqualTo(AnswerLayout.Header.SIZE + LENGTH);
        assertThat(sent.getInt(AnswerLayout.Header.ERROR)).isZero();
        assertThat(sent.remaining()).isEqualTo(AnswerLayout.Header.SIZE + LENGTH);
    }

    @Test
    void memory_isSentFromWhereItIs_ifItCanBeRead() throws Exception {
        int target = open(kernel, 0);
        Origin origin = new Origin(
                new KernelChannel(target), new InterruptDesk(), new AnswerBuffers(LENGTH), new SplicePipes());
        ByteBuffer memory = ByteBuffer.allocateDirect(LENGTH).put(100, (byte) 7);
        assertThat(new ReadAnswer(origin, 7, 0, LENGTH).lent(Native.addressOf(memory) + 100, 1000))
                .isTrue();
        assertThat(new ReadAnswer(origin, 8, 0, LENGTH).lent(1 << 12, 1000)).isFalse();
        Native.libc().close(target);
        ByteBuffer sent = ByteBuffer.wrap(Files.readAllBytes(kernel)).order(ByteOrder.nativeOrder());
        assertThat(sent.getInt(AnswerLayout.Header.LEN)).isEqualTo(AnswerLayout.Header.SIZE + 1000);
        assertThat(sent.getLong(AnswerLayout.Header.UNIQUE)).isEqualTo(7);
        assertThat(sent.get(AnswerLayout.Header.SIZE)).isEqualTo((byte) 7);
    }

    /** splice(2) to what is opened for appending is EINVAL, write(2) is not. */
    @Test
    void regionThatTheKernelDoesNotTake_isAnError_andLeavesNobodyWaiting() throws Exception {
        ByteBuffer sent = sent(O_APPEND, false);
        assertThat(sent.remaining()).isEqualTo(AnswerLayout.Header.SIZE);
        assertThat(sent.getInt(AnswerLayout.Header.ERROR)).isEqualTo(-Errno.EIO.number());
        assertThat(sent.getLong(AnswerLayout.Header.UNIQUE)).isEqualTo(7);
    }
}
