package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.daemon.upstream.Faults;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.fuse.ErrnoException;

/** Promise: one read never mixes two versions of a file, however its parts came together. */
class UnmixedReadTest {
    private static final int BLOCK = Fixture.BLOCK;

    private Fixture fixture;

    @BeforeEach
    void setUp() throws Exception {
        fixture = new Fixture(Fixture.withoutReadahead());
    }

    @AfterEach
    void tearDown() throws Exception {
        fixture.close();
    }

    private static byte[] slice(byte[] bytes, int from, int length) {
        return Arrays.copyOfRange(bytes, from, from + length);
    }

    @Test
    void contentThatChangesWhileARequestIsAnswered_isNotMixed() throws Exception {
        for (int i = 0; i < 50; i++) {
            String name = "f" + i;
            byte[] old = Fixture.bytes(2 * BLOCK, 1);
            byte[] fresh = Fixture.bytes(2 * BLOCK, 2);
            fixture.oldFile(name, old);
            try (Client.Open open = fixture.client.open(name)) {
                open.read(BLOCK, BLOCK);
                fixture.drain();
                fixture.upstream.faults().hang(Operation.READ);
                Client.ReadAnswered answer = open.begin(BLOCK / 2, BLOCK);
                await().until(() -> fixture.upstream.faults().hung() > 0);
                fixture.side.file(name, fresh);
                fixture.client.openNode(open.node).close();
                fixture.upstream.faults().release();
                assertThat(Client.get(answer.value)).isEqualTo(slice(fresh, BLOCK / 2, BLOCK));
            }
        }
    }

    @Test
    void cachedBytesLostBeforeTheyAreRead_areReadUpstreamPieceByPiece() throws Exception {
        byte[] content = Fixture.bytes(4 * BLOCK, 1);
        fixture.oldFile("f", content);
        fixture.client.read("f");
        fixture.drain();
        try (Client.Open open = fixture.client.open("f")) {
            fixture.volume.cookies.losesWhatItReads = true;
            assertThat(open.read(BLOCK / 2, 3 * BLOCK)).isEqualTo(slice(content, BLOCK / 2, 3 * BLOCK));
        }
    }

    @Test
    void cachedBytesLostBeforeTheyAreRead_ofContentThatChanges_areNotMixed() throws Exception {
        byte[] fresh = Fixture.bytes(2 * BLOCK, 2);
        fixture.oldFile("f", Fixture.bytes(2 * BLOCK, 1));
        fixture.client.read("f");
        fixture.drain();
        try (Client.Open open = fixture.client.open("f")) {
            fixture.volume.cookies.losesWhatItReads = true;
            fixture.upstream.faults().hang(Operation.READ);
            fixture.upstream.faults().after(Operation.READ, () -> changeAndReopen(open, fresh));
            Client.ReadAnswered answer = open.begin(BLOCK / 2, BLOCK);
            await().until(() -> fixture.upstream.faults().hung() == 2);
            fixture.upstream.faults().release();
            assertThat(Client.get(answer.value)).isEqualTo(slice(fresh, BLOCK / 2, BLOCK));
        }
    }

    @Test
    void contentThatChangesAgainWhileItIsReadOnceMore_isNotMixed() throws Exception {
        byte[] fresh = Fixture.bytes(2 * BLOCK, 3);
        fixture.oldFile("f", Fixture.bytes(2 * BLOCK, 1));
        try (Client.Open open = fixture.client.open("f")) {
            Faults faults = fixture.upstream.faults();
            faults.after(Operation.READ, () -> changeAndReopen(open, Fixture.bytes(2 * BLOCK, 2)));
            faults.after(Operation.READ, () -> {}); // the other half of the first time
            faults.after(Operation.READ, () -> changeAndReopen(open, fresh));
            assertThat(open.read(BLOCK / 2, BLOCK)).isEqualTo(slice(fresh, BLOCK / 2, BLOCK));
        }
    }

    private void changeAndReopen(Client.Open open, byte[] fresh) {
        fixture.side.file("f", fresh);
        try {
            fixture.client.openNode(open.node).close();
        } catch (ErrnoException e) {
            throw new AssertionError(e);
        }
    }
}
