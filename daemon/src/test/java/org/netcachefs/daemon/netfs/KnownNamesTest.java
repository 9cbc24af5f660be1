package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystem;

/** What is known of names while upstream hangs. */
class KnownNamesTest {
    private static final int FILES = NodeTable.DEFAULT_NODES + NodeTable.DEFAULT_NODES / 8;

    /** A limit, not a wish: what has left RAM cannot be looked up, although its content may be cached. */
    @Test
    void whileUpstreamHangs_asManyNamesAreKnownAsThereAreNodesInRam() throws Exception {
        try (Fixture fixture = new Fixture()) {
            for (int i = 0; i < FILES; i++) {
                fixture.side.file("f" + i, new byte[0]);
            }
            int seen = lookups(fixture);
            fixture.calls.open();
            int known = lookups(fixture);
            assertThat(seen).isEqualTo(FILES);
            assertThat(known).isBetween(NodeTable.DEFAULT_NODES - 1_000, NodeTable.DEFAULT_NODES);
        }
    }

    private static int lookups(Fixture fixture) {
        int answered = 0;
        for (int i = 0; i < FILES; i++) {
            Client.Answered<Entry> reply = new Client.Answered<>();
            fixture.files.lookup(Client.CALLER, FileSystem.ROOT, FileName.of("f" + i), reply);
            try {
                fixture.files.forget(Client.get(reply.value).node(), 1);
                answered++;
            } catch (ErrnoException e) {
                assertThat(e.errno()).isEqualTo(Errno.EIO);
            }
        }
        return answered;
    }
}
