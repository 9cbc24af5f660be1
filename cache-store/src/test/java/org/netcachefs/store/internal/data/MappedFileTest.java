package org.netcachefs.store.internal.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.kenai.jffi.MemoryIO;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MappedFileTest {
    private static final int RANDOM = 1;
    private static final int DONTNEED = 4;
    private static final int PAGE = Native.LIBC.getpagesize();
    private static final int GROUP = 64 * PAGE;
    /** The last page is not whole. */
    private static final int SIZE = 2 * GROUP + 3 * PAGE - 1;

    private final byte[] content = new byte[SIZE];
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1000); // it may overflow
    private Path path;
    private int descriptor;
    private MappedFile file;

    @BeforeEach
    void mapsAFile() throws Exception {
        new Random(1).nextBytes(content);
        path = Files.write(
                Files.createTempFile(Path.of("target"), "mapped", ""),
                content); // a disk's, of which memory can be dropped
        descriptor = Native.LIBC.open(path.toString(), Native.O_RDWR, 0);
        file = new MappedFile(descriptor, SIZE, nanos::get);
    }

    @AfterEach
    void close() throws Exception {
        Files.delete(path);
        file.close();
        Native.LIBC.close(descriptor);
    }

    private static byte[] bytes(long address, int length) {
        byte[] bytes = new byte[length];
        MemoryIO.getInstance().getByteArray(address, bytes, 0, length);
        return bytes;
    }

    /** Of the whole file: the kernel keeps pages together that were read together. */
    private void drop() {
        Native.LIBC.fdatasync(descriptor);
        Native.LIBC.posix_fadvise(descriptor, 0, 0, DONTNEED);
    }

    private void readPage(int number) {
        Native.LIBC.posix_fadvise(descriptor, 0, 0, RANDOM);
        long memory = Native.allocate(PAGE);
        assertThat(Native.LIBC.pread(descriptor, memory, PAGE, (long) number * PAGE))
                .isEqualTo(PAGE);
        Native.free(memory);
    }

    private void later() {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
    }

    @Test
    void bytesInMemory_areFoundWhereTheyAre() {
        int[][] ranges = {
            {0, 1},
            {0, PAGE},
            {PAGE - 1, 2},
            {GROUP - 5, 10},
            {GROUP - PAGE, GROUP + 2 * PAGE},
            {0, SIZE},
            {SIZE - 1, 1}
        };
        for (int[] range : ranges) {
            long address = file.addressInMemory(range[0], range[1]);
            assertThat(address).as("%d bytes at %d", range[1], range[0]).isNotZero();
            assertThat(bytes(address, range[1])).isEqualTo(Arrays.copyOfRange(content, range[0], range[0] + range[1]));
        }
    }

    @Test
    void bytesBehindTheEnd_areNotThere() {
        assertThat(file.addressInMemory(SIZE, 1)).isZero();
        assertThat(file.addressInMemory(SIZE - 1, 2)).isZero();
        assertThat(file.addressInMemory(1L << 40, 1)).isZero();
    }

    @Test
    void onlyPagesInMemory_areFound() {
        drop();
        readPage(70);
        readPage(71);
        assertThat(file.addressInMemory(70L * PAGE, 2 * PAGE)).isNotZero();
        assertThat(file.addressInMemory(70L * PAGE - 1, 2)).isZero();
        assertThat(file.addressInMemory(72L * PAGE - 1, 2)).isZero();
        assertThat(file.addressInMemory(0, SIZE)).isZero();
    }

    @Test
    void theKernelIsAskedAgain_afterASecond() {
        drop();
        assertThat(file.addressInMemory(0, 1)).isZero();
        readPage(0);
        assertThat(file.addressInMemory(0, 1)).isZero();
        later();
        assertThat(file.addressInMemory(0, 1)).isNotZero();
        drop();
        assertThat(file.addressInMemory(0, 1)).isNotZero();
        later();
        assertThat(file.addressInMemory(0, 1)).isZero();
    }

    @Test
    void fileThatCannotBeMapped_hasNothingInMemory() {
        MappedFile none = new MappedFile(-1, SIZE, nanos::get);
        assertThat(none.addressInMemory(0, 1)).isZero();
        none.close();
        MappedFile empty = new MappedFile(descriptor, 0, nanos::get);
        assertThat(empty.addressInMemory(0, 1)).isZero();
        empty.close();
    }
}
