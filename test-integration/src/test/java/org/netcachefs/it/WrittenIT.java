package org.netcachefs.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.it.harness.Content;
import org.netcachefs.it.harness.MountedDaemon;
import org.netcachefs.it.harness.Scratch;
import org.netcachefs.it.harness.TestUpstream;

/** Promise: what was written is in the cache. */
class WrittenIT {
    private final Scratch scratch = Scratch.make("written");

    @AfterEach
    void cleanUp() throws Exception {
        scratch.close();
    }

    @Test
    void whatWasWritten_isReadBackFromTheCache() throws Exception {
        Path tree = scratch.folder("tree");
        TestUpstream upstream = TestUpstream.show(scratch, tree, "upstream");
        MountedDaemon daemon = MountedDaemon.mount(scratch, upstream.mountPoint(), "mount", "256M");
        for (int i = 0; i < 40; i++) {
            Content.write(daemon.path("f" + i), i, 1 + i * i * 4_096L + i);
        }
        assertThat(daemon.settle().number("fills.dropped_bytes")).isZero();
        upstream.reset();
        for (int i = 0; i < 40; i++) {
            Content.verify(daemon.path("f" + i), i, 1 + i * i * 4_096L + i);
            Content.verify(tree.resolve("f" + i), i, 1 + i * i * 4_096L + i);
        }
        assertThat(upstream.count().bytes()).as("read from upstream").isZero();
    }
}
