package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.fuse.Caller;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.SetAttributes;

/** Set-id bits end with a change of content by root that must not keep them; those of others are upstream's matter (UsersIT). */
class SetIdsTest {
    private Fixture fixture;

    @BeforeEach
    void setUp() throws Exception {
        fixture = Fixture.writable(NetfsConfig.DEFAULT);
    }

    @AfterEach
    void tearDown() throws Exception {
        fixture.close();
    }

    private void file(String name, int mode) {
        fixture.side.file(name, Fixture.bytes(100, 1));
        fixture.side.mode(name, mode);
        fixture.clock.pass(Duration.ofHours(1));
    }

    private int mode(String name) throws Exception {
        return fixture.client.walk(name).attributes().mode() & 07777;
    }

    private long sent(Operation operation) {
        return fixture.upstream.faults().count(operation);
    }

    private static int write(Client.Open file) throws Exception {
        return Client.get(file.beginWriteTakingSetIds(0, new byte[] {7}).value);
    }

    @Test
    void write_takesThem() throws Exception {
        file("f", 07777);
        try (Client.Open file = fixture.client.openToWrite("f", OpenFlags.O_WRONLY)) {
            assertThat(write(file)).isEqualTo(1);
            assertThat(mode("f")).isEqualTo(01777);
            assertThat(write(file)).isEqualTo(1);
            assertThat(sent(Operation.CHMOD)).isEqualTo(1);
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
    void write_ofOthers_leavesThemToUpstream() throws Exception {
        file("f", 06777);
        Client other = fixture.client.as(new Caller(4321, 4321, 0));
        try (Client.Open file = other.openToWrite("f", OpenFlags.O_WRONLY)) {
            long calls = fixture.upstream.faults().calls();
            assertThat(write(file)).isEqualTo(1);
            assertThat(fixture.upstream.faults().calls() - calls).isEqualTo(1);
        }
    }

    @Test
    void write_ofAFileThatHasNone_asksUpstreamNothing() throws Exception {
        file("f", 0777);
        try (Client.Open file = fixture.client.openToWrite("f", OpenFlags.O_WRONLY)) {
            long calls = fixture.upstream.faults().calls();
            assertThat(write(file)).isEqualTo(1);
            assertThat(fixture.upstream.faults().calls() - calls).isEqualTo(1);
        }
    }

    @Test
    void write_goesOn_whereTheModeCannotBeChanged() throws Exception {
        file("f", 06777);
        try (Client.Open file = fixture.client.openToWrite("f", OpenFlags.O_WRONLY)) {
            fixture.upstream.faults().failAll(Operation.CHMOD, Errno.EPERM);
            assertThat(write(file)).isEqualTo(1);
            assertThat(sent(Operation.CHMOD)).isEqualTo(1);
        }
    }

    @Test
    void truncation_takesThem_byNameAndByHandle() throws Exception {
        file("f", 06777);
        file("g", 06777);
        long node = fixture.client.walk("f").node();
        assertThat(fixture.client.set(node, toTen(null)).mode() & 07777).isEqualTo(0777);
        try (Client.Open file = fixture.client.openToWrite("g", OpenFlags.O_WRONLY)) {
            assertThat(fixture.client
                                    .set(file.node, toTen(file.opened.handle()))
                                    .mode()
                            & 07777)
                    .isEqualTo(0777);
        }
    }

    private static SetAttributes toTen(Long handle) {
        return new SetAttributes(null, null, null, 10L, null, null, handle, true);
    }
}
