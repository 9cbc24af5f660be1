package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.ValidAttributes;

/** The kernel is shown no other size of an open file while it holds pages that end where the file did. */
class ShownSizesTest {
    private final Notices notices = new Notices();
    private Fixture fixture;

    @BeforeEach
    void setUp() throws Exception {
        fixture = Fixture.writable(NetfsConfig.DEFAULT);
        fixture.files.init(notices);
        fixture.oldFile("f", Fixture.bytes(1000, 1));
    }

    @AfterEach
    void tearDown() throws Exception {
        fixture.close();
    }

    private void growBehind() {
        fixture.side.write("f", 1000, Fixture.bytes(500, 2));
        fixture.clock.pass(Duration.ofHours(1));
    }

    @Test
    void sizeThatGrewUpstream_isShown_onlyOnceTheKernelHasDroppedItsPages() throws Exception {
        try (Client.Open open = fixture.client.open("f")) {
            open.read(0, 1000);
            growBehind();
            CompletableFuture<Boolean> dropped = new CompletableFuture<>();
            notices.answer = dropped;
            Client.Answered<ValidAttributes> attributes = new Client.Answered<>();
            fixture.files.getattr(Client.CALLER, open.node, FileSystem.NO_HANDLE, attributes);
            Awaitility.await().until(() -> notices.offsets.size() == 1);
            Client.Answered<Entry> entry = new Client.Answered<>();
            fixture.files.lookup(Client.CALLER, FileSystem.ROOT, FileName.of("f"), entry);
            Awaitility.await().until(() -> notices.offsets.size() == 2);
            assertThat(attributes.value).isNotDone();
            assertThat(entry.value).isNotDone();
            dropped.complete(true);
            assertThat(Client.get(attributes.value).attributes().size()).isEqualTo(1500);
            assertThat(Client.get(entry.value).attributes().size()).isEqualTo(1500);
            assertThat(notices.offsets).containsOnly(0L);
            fixture.client.stat("f");
            assertThat(notices.offsets).hasSize(2);
        }
    }

    @Test
    void sizeOfAFileThatIsNotOpen_orThatWeWrite_isShownAtOnce() throws Exception {
        fixture.client.stat("f");
        growBehind();
        assertThat(fixture.client.stat("f").size()).isEqualTo(1500);
        try (Client.Open open = fixture.client.openToWrite("f", OpenFlags.O_RDWR)) {
            open.write(1500, Fixture.bytes(10, 3));
            assertThat(fixture.client.stat("f").size()).isEqualTo(1510);
        }
        assertThat(fixture.client.stat("f").size()).isEqualTo(1510);
        assertThat(notices.offsets).isEmpty();
    }
}
