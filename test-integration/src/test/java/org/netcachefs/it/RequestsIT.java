package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Content;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Posix;
import org.netcachefs.it.harness.Scratch;

/** On the kernel transport a read of the kernel's is of 512 KiB, two blocks, not of the 128 KiB that are libfuse's most. */
class RequestsIT {
    private static final int SIZE = 8 << 20;
    private static final String TRANSPORT = System.getProperty("netcachefs.transport", "");
    private static final int REQUEST = TRANSPORT.equals("libfuse") ? 128 << 10 : 512 << 10;

    private final Scratch scratch = Scratch.make("requests");

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    @Test
    void readsOfAMebibyte_comeInRequestsOfHalfAsMuch_pastTheKernelsPagesAndThroughThem() throws Exception {
        Path tree = scratch.folder("tree");
        Content.write(tree.resolve("f"), 1, SIZE);
        MountedDaemon daemon = TRANSPORT.isEmpty()
                ? MountedDaemon.mount(scratch, tree, "mount", "256M", "--transport", "kernel")
                : MountedDaemon.mount(scratch, tree, "mount", "256M");
        Path file = daemon.path("f");
        try (Posix.File direct = Posix.openDirect(file)) {
            Content.verify(direct, file, 1, SIZE);
        }
        long afterDirect = requests(daemon);
        assertThat(afterDirect).isEqualTo(SIZE / REQUEST);

        try (Posix.File buffered = Posix.open(file, Posix.O_RDONLY)) {
            Content.verify(buffered, file, 1, SIZE);
        }
        if (isReadaheadRaised(daemon)) { // by root
            assertThat(requests(daemon) - afterDirect).isLessThan(SIZE / REQUEST * 3L / 2);
        }
    }

    private static long requests(MountedDaemon daemon) {
        return daemon.stat().number("reads.requests");
    }

    private static boolean isReadaheadRaised(MountedDaemon daemon) throws Exception {
        long device = (long) Files.getAttribute(daemon.mountPoint(), "unix:dev");
        Path setting = Path.of("/sys/class/bdi", (device >> 8 & 0xfff) + ":" + (device & 0xff), "read_ahead_kb");
        return Integer.parseInt(Files.readString(setting).strip()) > 128;
    }
}
