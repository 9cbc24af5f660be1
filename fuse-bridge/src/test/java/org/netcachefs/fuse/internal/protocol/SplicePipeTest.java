package org.netcachefs.fuse.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import jnr.ffi.Pointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.netcachefs.fuse.Segment;
import org.netcachefs.fuse.internal.Libc;
import org.netcachefs.fuse.internal.Native;

/** Also holds that jnr-ffi passes the six arguments of splice(2) as they are: as primitives the sixth would be garbage. */
class SplicePipeTest {
    private static final int LENGTH = 300_000;

    private final SplicePipe pipe = Objects.requireNonNull(SplicePipe.open());
    private final Pointer header = Native.RUNTIME.getMemoryManager().allocateDirect(16, true);
    private final byte[] bytes = new byte[LENGTH];

    @TempDir
    private Path directory;

    private int source;

    @BeforeEach
    void makeSource() throws Exception {
        new Random(1).nextBytes(bytes);
        Path file = Files.write(directory.resolve("source"), bytes);
        source = Native.libc().open(file.toString(), Libc.O_RDWR | Libc.O_CLOEXEC);
        header.putInt(0, 42);
    }

    @AfterEach
    void close() {
        pipe.close();
        Native.libc().close(source);
    }

    @Test
    void answer_ofAHeaderAndRegionsThatBeginAnywhere_arrivesWhole() throws Exception {
        Path file = Files.createFile(directory.resolve("target"));
        int target = Native.libc().open(file.toString(), Libc.O_RDWR | Libc.O_CLOEXEC);
        assertThat(pipe.put(header.address(), 16)).isTrue();
        assertThat(pipe.put(Segment.region(source, 1, 5000))).isTrue();
        assertThat(pipe.put(Segment.region(source, 8191, 100_000))).isTrue();
        assertThat(pipe.sendTo(target, 16 + 105_000)).isTrue();
        Native.libc().close(target);
        byte[] sent = Files.readAllBytes(file);
        assertThat(sent).hasSize(16 + 105_000);
        assertThat(sent[0]).isEqualTo((byte) 42);
        assertThat(Arrays.copyOfRange(sent, 16, 5016)).isEqualTo(Arrays.copyOfRange(bytes, 1, 5001));
        assertThat(Arrays.copyOfRange(sent, 5016, sent.length)).isEqualTo(Arrays.copyOfRange(bytes, 8191, 108_191));
    }

    @Test
    void regionBeyondTheEnd_orOfNoFile_isRefused() {
        assertThat(pipe.put(Segment.region(source, LENGTH - 10, 11))).isFalse();
        assertThat(pipe.put(Segment.region(1_000_000, 0, 10))).isFalse();
    }

    @Test
    void whatIsSaidToFit_fits() {
        int length = 16;
        assertThat(pipe.put(header.address(), 16)).isTrue();
        for (int pieces = 1; pipe.fits(pieces * 10_000, pieces); pieces++) {
            assertThat(pipe.put(Segment.region(source, pieces * 1000L + 1, 10_000)))
                    .as("piece %s", pieces)
                    .isTrue();
            length += 10_000;
        }
        assertThat(length).isGreaterThan(128 << 10);
    }
}
