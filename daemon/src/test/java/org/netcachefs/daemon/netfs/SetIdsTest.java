package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.fuse.Caller;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.SetAttributes;

/** Set-id bits end with a change of content by whom the kernel says must not keep them, and the kernel knows it before he is answered. */
class SetIdsTest {
    private static final int OWNER = 1234;
    private static final int OTHER = 4321;

    private final Notices notices = new Notices();
    private Fixture fixture;
    private Client owner;
    private Client other;

    @BeforeEach
    void setUp() throws Exception {
        fixture = Fixture.writable(NetfsConfig.DEFAULT);
        fixture.files.init(notices);
        owner = fixture.client.as(new Caller(OWNER, OWNER, 0));
        other = fixture.client.as(new Caller(OTHER, OTHER, 0));
    }

    @AfterEach
    void tearDown() throws Exception {
        fixture.close();
    }

    private void file(String name, int mode) {
        fixture.side.file(name, Fixture.bytes(100, 1));
        fixture.side.owner(name, OWNER, OWNER);
        fixture.side.mode(name, mode);
        fixture.clock.pass(Duration.ofHours(1));
    }

    private int mode(String name) throws Exception {
        return fixture.client.walk(name).attributes().mode() & 07777;
    }

    private static int write(Client.Open file) throws Exception {
        return Client.get(file.beginWriteTakingSetIds(0, new byte[] {7}).value);
    }

    @Test
    void write_takesThem_alsoForWhoMayNotChangeTheMode() throws Exception {
        file("f", 06777);
        try (Client.Open file = other.openToWrite("f", OpenFlags.O_WRONLY)) {
            assertThat(write(file)).isEqualTo(1);
            assertThat(mode("f")).isEqualTo(0777);
        }
    }

    @Test
    void write_isAnsweredWhenTheKernelHasDroppedTheMode() throws Exception {
        file("f", 04777);
        CompletableFuture<Boolean> dropped = new CompletableFuture<>();
        try (Client.Open file = other.openToWrite("f", OpenFlags.O_WRONLY)) {
            notices.offsets.clear();
            notices.answer = dropped;
            Client.Answered<Integer> write = file.beginWriteTakingSetIds(0, new byte[] {7});
            Awaitility.await().until(() -> notices.offsets.contains(-1L));
            assertThat(write.value).isNotDone();
            dropped.complete(true);
            assertThat(Client.get(write.value)).isEqualTo(1);
        }
    }

    @Test
    void write_thatMayKeepThem_keepsThem() throws Exception {
        file("f", 06777);
        try (Client.Open file = fixture.client.openToWrite("f", OpenFlags.O_WRONLY)) {
            file.write(0, new byte[] {7});
            assertThat(mode("f")).isEqualTo(06777);
        }
    }

    @Test
    void write_ofAFileThatHasNone_asksUpstreamNothing() throws Exception {
        file("f", 0777);
        try (Client.Open file = other.openToWrite("f", OpenFlags.O_WRONLY)) {
            long calls = fixture.upstream.faults().calls();
            assertThat(write(file)).isEqualTo(1);
            assertThat(fixture.upstream.faults().calls() - calls).isEqualTo(1);
        }
    }

    @Test
    void markOfMandatoryLocking_staysWhereOneOfTheGroupWrites() throws Exception {
        file("f", 06766);
        try (Client.Open file = owner.openToWrite("f", OpenFlags.O_WRONLY)) {
            assertThat(write(file)).isEqualTo(1);
            assertThat(mode("f")).isEqualTo(02766);
        }
        try (Client.Open file = other.openToWrite("f", OpenFlags.O_WRONLY)) {
            assertThat(write(file)).isEqualTo(1);
            assertThat(mode("f")).isEqualTo(0766);
        }
    }

    @Test
    void truncation_takesThem_byNameAndByHandle() throws Exception {
        file("f", 06777);
        file("g", 06777);
        long node = fixture.client.walk("f").node();
        assertThat(other.set(node, toTen(null)).mode() & 07777).isEqualTo(0777);
        try (Client.Open file = other.openToWrite("g", OpenFlags.O_WRONLY)) {
            assertThat(other.set(file.node, toTen(file.opened.handle())).mode() & 07777)
                    .isEqualTo(0777);
        }
    }

    private static SetAttributes toTen(Long handle) {
        return new SetAttributes(null, null, null, 10L, null, null, handle, true);
    }
}
