package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.fuse.OpenFlags;

/** What is written while the kernel drops its pages is dropped once more, as it may have been read again as it was before. */
class WriteNoticesTest {
    private final Notices notices = new Notices();
    private Fixture fixture;
    private Client.Open file;

    @BeforeEach
    void setUp() throws Exception {
        fixture = Fixture.writable(NetfsConfig.DEFAULT);
        fixture.files.init(notices);
        fixture.oldFile("f", Fixture.bytes(100_000, 1));
        file = fixture.client.openToWrite("f", OpenFlags.O_RDWR);
    }

    @AfterEach
    void tearDown() throws Exception {
        file.end();
        fixture.close();
    }

    @Test
    void writeAfterANotice_isToldOnceMore() throws Exception {
        fixture.files.flushAll();
        notices.offsets.clear();
        file.write(8192, Fixture.bytes(4096, 2));
        file.write(40_960, Fixture.bytes(4096, 2));
        assertThat(notices.offsets).containsExactly(8192L, 40_960L);
    }

    @Test
    void writeWithoutANotice_orLongAfterIt_isNot() throws Exception {
        file.write(8192, Fixture.bytes(4096, 2));
        assertThat(notices.offsets).isEmpty();
        fixture.files.flushAll();
        notices.offsets.clear();
        fixture.clock.pass(Duration.ofMinutes(2));
        file.write(8192, Fixture.bytes(4096, 3));
        assertThat(notices.offsets).isEmpty();
    }
}
