package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.Arrays;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.fuse.Created;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.OpenFlags;

/** Files made without a name (O_TMPFILE) are used as any other, and go with their last close unless they are given a name. */
class UnnamedTest {
    private static final int SIZE = 300_000;

    private Fixture fixture;

    @BeforeEach
    void setUp() throws Exception {
        fixture = Fixture.writable(NetfsConfig.DEFAULT);
    }

    @AfterEach
    void tearDown() throws Exception {
        fixture.close();
    }

    @Test
    void fileWithoutAName_isWrittenAndReadBack_andListedNowhere() throws Exception {
        byte[] content = Fixture.bytes(SIZE, 1);
        Client.Open file = make(OpenFlags.O_RDWR);
        file.write(0, content);
        assertThat(file.read(0, SIZE)).isEqualTo(content);
        assertThat(file.truncate(1000).size()).isEqualTo(1000);
        assertThat(file.read(0, SIZE)).isEqualTo(Arrays.copyOf(content, 1000));
        assertThat(fixture.client.list("")).isEmpty();
        file.end();
    }

    @Test
    void attributes_areAskedThroughItsDescriptor() throws Exception {
        Client.Open file = make(OpenFlags.O_WRONLY);
        file.write(0, Fixture.bytes(SIZE, 1));
        fixture.clock.pass(Duration.ofMinutes(1));
        assertThat(fixture.client.getattr(file.node, FileSystem.NO_HANDLE).size())
                .isEqualTo(SIZE);
        assertThat(fixture.client.getattr(file.node, FileSystem.NO_HANDLE).links())
                .isZero();
        file.end();
    }

    @Test
    void fileThatIsGivenAName_isFoundByIt_andWrittenOn() throws Exception {
        byte[] content = Fixture.bytes(SIZE, 1);
        Client.Open file = make(OpenFlags.O_RDWR);
        file.write(0, Arrays.copyOf(content, 1000));
        Entry named = link(file, "named");
        assertThat(named.node()).isEqualTo(file.node);
        assertThat(named.attributes().links()).isEqualTo(1);
        assertThat(fixture.client.read("named")).isEqualTo(Arrays.copyOf(content, 1000));
        file.write(1000, Arrays.copyOfRange(content, 1000, SIZE));
        file.end();
        assertThat(fixture.client.list("")).containsExactly("named");
        assertThat(fixture.client.read("named")).isEqualTo(content);
        assertThat(fixture.side.content("named")).isEqualTo(content);
    }

    @Test
    void manyInOneDirectory_areNotTakenForEachOther() throws Exception {
        Client.Open one = make(OpenFlags.O_RDWR);
        Client.Open other = make(OpenFlags.O_RDWR);
        one.write(0, new byte[] {1, 1, 1});
        other.write(0, new byte[] {2, 2});
        assertThat(one.node).isNotEqualTo(other.node);
        assertThat(one.read(0, 10)).containsExactly(1, 1, 1);
        assertThat(other.read(0, 10)).containsExactly(2, 2);
        link(other, "named");
        one.end();
        other.end();
        assertThat(fixture.client.read("named")).containsExactly(2, 2);
    }

    @Test
    void closedFile_leavesNothingOpen() throws Exception {
        int before = fixture.upstream.openDescriptors();
        make(OpenFlags.O_RDWR).end();
        assertThat(fixture.files.statistics().gauges().handles()).isZero();
        fixture.files.close();
        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(fixture.upstream.openDescriptors()).isLessThanOrEqualTo(before));
    }

    @Test
    void upstreamThatHasNone_saysSo_asItDoes() throws Exception {
        fixture.upstream.faults().fail(Operation.CREATE_UNNAMED, 1, Errno.EOPNOTSUPP);
        assertThat(catchThrowableOfType(ErrnoException.class, () -> make(OpenFlags.O_RDWR))
                        .errno())
                .isEqualTo(Errno.EOPNOTSUPP);
        assertThat(fixture.files.statistics().gauges().handles()).isZero();
    }

    private Client.Open make(int access) throws ErrnoException {
        OpenFlags flags = new OpenFlags(access);
        Created made = Client.ask(reply -> fixture.files.tmpfile(Client.CALLER, FileSystem.ROOT, 0600, flags, reply));
        assertThat(made.entry().attributes().links()).isZero();
        return fixture.client.new Open(made.entry().node(), made.opened(), flags);
    }

    private Entry link(Client.Open file, String name) throws ErrnoException {
        return Client.ask(
                reply -> fixture.files.link(Client.CALLER, file.node, FileSystem.ROOT, FileName.of(name), reply));
    }
}
