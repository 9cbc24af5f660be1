package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.OpenFlags;

/** Data and holes are those of upstream, unless the file is being written or upstream hangs: then all of it is data. */
class SeeksTest {
    private static final int SIZE = 10_000;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;

    private Fixture fixture;

    @BeforeEach
    void setUp() throws Exception {
        fixture = Fixture.writable(NetfsConfig.DEFAULT);
        fixture.oldFile("f", Fixture.bytes(SIZE, 1));
    }

    @AfterEach
    void tearDown() throws Exception {
        fixture.close();
    }

    @Test
    void dataAndHole_areAskedOfUpstream() throws Exception {
        try (Client.Open open = fixture.client.open("f")) {
            assertThat(seek(open, 17, SEEK_DATA)).isEqualTo(17);
            assertThat(seek(open, 17, SEEK_HOLE)).isEqualTo(SIZE);
            assertThat(fixture.upstream.faults().count(Operation.SEEK)).isEqualTo(2);
        }
    }

    @Test
    void behindTheEnd_thereIsNeither() throws Exception {
        try (Client.Open open = fixture.client.open("f")) {
            assertThat(errnoOf(open, SIZE, SEEK_DATA)).isEqualTo(Errno.ENXIO);
            assertThat(errnoOf(open, SIZE + 5, SEEK_HOLE)).isEqualTo(Errno.ENXIO);
            assertThat(errnoOf(open, -1, SEEK_DATA)).isEqualTo(Errno.ENXIO);
            assertThat(errnoOf(open, 0, 5)).isEqualTo(Errno.EINVAL);
        }
    }

    @Test
    void whoHasTheFileOpen_isToldOfNoneBehindTheEndHeSees() throws Exception {
        try (Client.Open open = fixture.client.open("f")) {
            fixture.side.write("f", SIZE, Fixture.bytes(SIZE, 2));
            assertThat(seek(open, 17, SEEK_HOLE)).isEqualTo(SIZE);
            assertThat(errnoOf(open, SIZE, SEEK_DATA)).isEqualTo(Errno.ENXIO);
        }
    }

    @Test
    void fileThatIsWritten_isAllData() throws Exception {
        try (Client.Open open = fixture.client.open("f")) {
            Client.Open writer = fixture.client.openToWrite("f", OpenFlags.O_WRONLY);
            writer.write(SIZE, Fixture.bytes(SIZE, 2));
            assertThat(seek(open, 17, SEEK_DATA)).isEqualTo(17);
            assertThat(seek(open, 17, SEEK_HOLE)).isEqualTo(2 * SIZE);
            assertThat(fixture.upstream.faults().count(Operation.SEEK)).isZero();
            writer.end();
        }
    }

    @Test
    void fileThatIsWritten_withoutTheCache_endsWhereItEnds() throws Exception {
        fixture.close();
        NetfsConfig d = NetfsConfig.DEFAULT;
        fixture = Fixture.writable(new NetfsConfig(
                d.coherency(), d.ttl(), d.times(), List.of("f"), d.maxFileSize(), d.readahead(), d.skewBound()));
        fixture.oldFile("f", Fixture.bytes(SIZE, 1));
        Client.Open writer = fixture.client.openToWrite("f", OpenFlags.O_RDWR);
        writer.write(0, Fixture.bytes(10, 2));
        assertThat(seek(writer, 17, SEEK_DATA)).isEqualTo(17);
        assertThat(seek(writer, 17, SEEK_HOLE)).isEqualTo(SIZE);
        assertThat(errnoOf(writer, SIZE, SEEK_DATA)).isEqualTo(Errno.ENXIO);
        assertThat(errnoOf(writer, SIZE + 5, SEEK_HOLE)).isEqualTo(Errno.ENXIO);
        writer.end();
    }

    @Test
    void anyFile_isAllData_whileUpstreamHangs() throws Exception {
        try (Client.Open open = fixture.client.open("f")) {
            fixture.calls.open();
            assertThat(seek(open, 17, SEEK_DATA)).isEqualTo(17);
            assertThat(seek(open, 17, SEEK_HOLE)).isEqualTo(SIZE);
            fixture.calls.closeCircuit();
        }
    }

    @Test
    void failureOfUpstream_isTold() throws Exception {
        try (Client.Open open = fixture.client.open("f")) {
            fixture.upstream.faults().fail(Operation.SEEK, 1, Errno.EIO);
            assertThat(errnoOf(open, 0, SEEK_DATA)).isEqualTo(Errno.EIO);
        }
    }

    private long seek(Client.Open open, long offset, int whence) throws ErrnoException {
        return Client.<Long>ask(
                reply -> fixture.files.lseek(Client.CALLER, open.node, open.opened.handle(), offset, whence, reply));
    }

    private Errno errnoOf(Client.Open open, long offset, int whence) {
        Client.Answered<Long> reply = new Client.Answered<>();
        fixture.files.lseek(Client.CALLER, open.node, open.opened.handle(), offset, whence, reply);
        return Client.errnoOf(reply.value);
    }
}
