package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Arrays;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.OpenFlags;

/** What upstream copies from file to file by itself is read as what is written: nothing cached before outlives it. */
class CopyTest {
    private static final int BLOCK = Fixture.BLOCK;

    private Fixture fixture;
    private final byte[] source = Fixture.bytes(3 * BLOCK, 1);
    private final byte[] target = Fixture.bytes(2 * BLOCK, 2);

    @BeforeEach
    void setUp() throws Exception {
        fixture = Fixture.writable(NetfsConfig.DEFAULT);
        fixture.oldFile("from", source);
        fixture.oldFile("to", target);
        assertThat(fixture.client.read("to")).isEqualTo(target);
        fixture.drain();
    }

    @AfterEach
    void tearDown() throws Exception {
        fixture.close();
    }

    @Test
    void whatIsCopied_isReadAtOnce_andWrittenByUpstreamItself() throws Exception {
        Client.Open to = open("to");
        try (Client.Open from = fixture.client.open("from");
                Client.Open reader = fixture.client.open("to")) {
            long fetched = fixture.upstreamBytes();
            assertThat(copy(from, 5, to, 10, BLOCK)).isEqualTo(BLOCK);
            assertThat(fixture.upstreamBytes()).isEqualTo(fetched);
            System.arraycopy(source, 5, target, 10, BLOCK);
            assertThat(reader.read(0, target.length)).isEqualTo(target);
            assertThat(fixture.side.content("to")).isEqualTo(target);
        }
        to.end();
        assertThat(fixture.client.read("to")).isEqualTo(target);
        assertThat(fixture.upstream.faults().count(Operation.WRITE)).isZero();
    }

    @Test
    void copyBehindTheEnd_makesTheFileLonger() throws Exception {
        Client.Open to = open("to");
        try (Client.Open from = fixture.client.open("from")) {
            assertThat(copy(from, 0, to, target.length + 100, 1000)).isEqualTo(1000);
        }
        byte[] all = Arrays.copyOf(target, target.length + 1100);
        System.arraycopy(source, 0, all, target.length + 100, 1000);
        assertThat(fixture.client.getattr(to.node, to.opened.handle()).size()).isEqualTo(all.length);
        assertThat(to.read(target.length, 2000)).isEqualTo(Arrays.copyOfRange(all, target.length, all.length));
        to.end();
        assertThat(fixture.client.stat("to").size()).isEqualTo(all.length);
        assertThat(fixture.client.read("to")).isEqualTo(all);
    }

    @Test
    void copyOverWhatWasJustWritten_isWhatIsRead_andTheRestStays() throws Exception {
        Client.Open to = open("to");
        byte[] written = Fixture.bytes(BLOCK / 2, 3);
        to.write(0, written);
        try (Client.Open from = fixture.client.open("from")) {
            copy(from, 0, to, 1000, 10_000);
        }
        to.write(written.length, written);
        System.arraycopy(written, 0, target, 0, written.length);
        System.arraycopy(written, 0, target, written.length, written.length);
        System.arraycopy(source, 0, target, 1000, 10_000);
        assertThat(to.read(0, target.length)).isEqualTo(target);
        to.end();
        assertThat(fixture.client.read("to")).isEqualTo(target);
        fixture.drain();
        assertThat(fixture.client.read("to")).isEqualTo(target);
    }

    @Test
    void copyAtTheSourcesEnd_copiesNothing() throws Exception {
        Client.Open to = open("to");
        try (Client.Open from = fixture.client.open("from")) {
            assertThat(copy(from, source.length - 10, to, 0, 100)).isEqualTo(10);
            assertThat(copy(from, source.length, to, target.length + 5000, 100)).isZero();
            assertThat(to.read(target.length, 100)).isEmpty();
        }
        to.end();
        System.arraycopy(source, source.length - 10, target, 0, 10);
        assertThat(fixture.client.read("to")).isEqualTo(target);
    }

    @Test
    void failedCopy_isTold_andWhatUpstreamHasIsRead() throws Exception {
        Client.Open to = open("to");
        try (Client.Open from = fixture.client.open("from")) {
            fixture.upstream.faults().fail(Operation.COPY, 1, Errno.EIO);
            fixture.side.write("to", 7, new byte[] {1, 2, 3}); // it got so far
            assertThat(errnoOf(from, to)).isEqualTo(Errno.EIO);
            assertThat(to.read(0, 20)).isEqualTo(Arrays.copyOf(fixture.side.content("to"), 20));
        }
        to.end();
        assertThat(fixture.client.read("to")).isEqualTo(fixture.side.content("to"));
    }

    @Test
    void copyThatHangs_landsBeforeTheNextWrite() throws Exception {
        Client.Open to = open("to");
        Client.Open other = open("to");
        try (Client.Open from = fixture.client.open("from")) {
            fixture.upstream.faults().hang(Operation.COPY);
            Client.Answered<Long> copy = begin(from, 0, to, 0, 100);
            Awaitility.await().until(() -> fixture.upstream.faults().hung() == 1);
            copy.interrupt.run(); // its caller is killed
            Client.Answered<Integer> write = other.beginWrite(0, new byte[] {2, 2, 2});
            assertThat(copy.value).isNotDone();
            assertThat(write.value).isNotDone();
            fixture.upstream.faults().release();
            assertThat(Client.get(copy.value)).isEqualTo(100);
            assertThat(Client.get(write.value)).isEqualTo(3);
        }
        System.arraycopy(source, 0, target, 0, 100);
        System.arraycopy(new byte[] {2, 2, 2}, 0, target, 0, 3);
        to.end();
        other.end();
        assertThat(fixture.client.read("to")).isEqualTo(target);
    }

    @Test
    void copyInterruptedBeforeItWasSent_isNeverSent() throws Exception {
        Client.Open to = open("to");
        Client.Open other = open("to");
        try (Client.Open from = fixture.client.open("from")) {
            fixture.upstream.faults().hang(Operation.WRITE);
            Client.Answered<Integer> write = other.beginWrite(0, new byte[] {2, 2, 2});
            Awaitility.await().until(() -> fixture.upstream.faults().hung() == 1);
            Client.Answered<Long> copy = begin(from, 0, to, 0, 100);
            copy.interrupt.run();
            assertThat(Client.errnoOf(copy.value)).isEqualTo(Errno.EINTR);
            fixture.upstream.faults().release();
            assertThat(Client.get(write.value)).isEqualTo(3);
        }
        to.end();
        other.end();
        assertThat(fixture.upstream.faults().count(Operation.COPY)).isZero();
        System.arraycopy(new byte[] {2, 2, 2}, 0, target, 0, 3);
        assertThat(fixture.client.read("to")).isEqualTo(target);
        assertThat(fixture.files.statistics().gauges().handles()).isZero();
    }

    @Test
    void copy_takesAFileToReadFromAndOneToWriteTo() throws Exception {
        try (Client.Open from = fixture.client.open("from");
                Client.Open to = fixture.client.open("to")) {
            assertThat(errnoOf(from, to)).isEqualTo(Errno.EBADF);
        }
        assertThat(fixture.upstream.faults().count(Operation.COPY)).isZero();
    }

    private Client.Open open(String name) throws ErrnoException {
        return fixture.client.openToWrite(name, OpenFlags.O_RDWR);
    }

    private long copy(Client.Open from, long offset, Client.Open to, long toOffset, long length) throws ErrnoException {
        return Client.get(begin(from, offset, to, toOffset, length).value);
    }

    private Errno errnoOf(Client.Open from, Client.Open to) {
        ErrnoException failure = catchThrowableOfType(ErrnoException.class, () -> copy(from, 0, to, 0, 100));
        assertThat(failure).isNotNull();
        return failure.errno();
    }

    private Client.Answered<Long> begin(Client.Open from, long offset, Client.Open to, long toOffset, long length) {
        Client.Answered<Long> reply = new Client.Answered<>();
        fixture.files.copyFileRange(
                Client.CALLER,
                from.node,
                from.opened.handle(),
                offset,
                to.node,
                to.opened.handle(),
                toOffset,
                length,
                reply);
        return reply;
    }
}
