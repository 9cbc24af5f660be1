package org.netcachefs.daemon.netfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.netcachefs.daemon.upstream.FaultyUpstream.Operation;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.Opened;
import org.netcachefs.fuse.SetAttributes;
import org.netcachefs.fuse.Timestamp;

/** What is written is upstream when it is acknowledged, and is read back from the cache; whatever fails, nobody reads wrong bytes. */
class WriteTest {
    private static final int BLOCK = Fixture.BLOCK;

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
    void newFile_isUpstreamWhenAcknowledged_andReadBackFromTheCache() throws Exception {
        byte[] content = Fixture.bytes(3 * BLOCK + 777, 1);
        Client.Open file = fixture.client.create("f", OpenFlags.O_RDWR);
        for (int at = 0; at < content.length; at += 10_240) {
            byte[] piece = Arrays.copyOfRange(content, at, Math.min(content.length, at + 10_240));
            file.write(at, piece);
            assertThat(Arrays.copyOfRange(fixture.side.content("f"), at, at + piece.length))
                    .isEqualTo(piece);
        }
        file.end();
        assertThat(fixture.client.stat("f").size()).isEqualTo(content.length);
        assertThat(fixture.client.read("f")).isEqualTo(content);
        fixture.drain();
        assertThat(fixture.client.read("f")).isEqualTo(content);
        assertThat(fixture.upstreamBytes()).as("read from upstream").isZero();
    }

    /** As tar makes files: it sets the times before it closes, and what upstream answers then tells what the file is. */
    @Test
    void timesSetAfterTheLastWrite_spareTheCloseItsQuestion() throws Exception {
        Client.Open file = fixture.client.create("f", OpenFlags.O_WRONLY);
        file.write(0, Fixture.bytes(5000, 1));
        setTimes(file);
        long before = fixture.upstream.faults().count(Operation.FORCED_STATUS);
        file.end();
        assertThat(fixture.upstream.faults().count(Operation.FORCED_STATUS)).isEqualTo(before);
        fixture.drain();
        assertThat(fixture.client.read("f")).isEqualTo(Fixture.bytes(5000, 1));
        assertThat(fixture.upstreamBytes()).as("read from upstream").isZero();
    }

    @Test
    void timesSetBeforeTheLastWrite_orWhereUpstreamDoesNotTell_doNot() throws Exception {
        Client.Open file = fixture.client.create("f", OpenFlags.O_WRONLY);
        setTimes(file);
        file.write(0, Fixture.bytes(5000, 1));
        assertThat(forcedBy(file)).isOne();
        fixture.memory.staleAttributes(true);
        Client.Open other = fixture.client.create("g", OpenFlags.O_WRONLY);
        other.write(0, Fixture.bytes(5000, 1));
        setTimes(other);
        assertThat(forcedBy(other)).isOne();
    }

    @Test
    void foreignWrite_betweenTimesAndClose_isSeen() throws Exception {
        Client.Open file = fixture.client.create("f", OpenFlags.O_WRONLY);
        file.write(0, Fixture.bytes(5000, 1));
        setTimes(file);
        fixture.clock.pass(Duration.ofSeconds(1));
        fixture.side.write("f", 0, Fixture.bytes(5000, 2));
        file.end();
        assertThat(fixture.client.read("f")).isEqualTo(Fixture.bytes(5000, 2));
    }

    @Test
    void closeThatFails_isFollowedByAQuestion_thoughTimesWereSet() throws Exception {
        Client.Open file = fixture.client.create("f", OpenFlags.O_WRONLY);
        file.write(0, Fixture.bytes(5000, 1));
        setTimes(file);
        fixture.upstream.faults().fail(Operation.FLUSH, 1, Errno.EDQUOT);
        assertThatThrownBy(file::flush).isInstanceOf(ErrnoException.class);
        fixture.side.truncate("f", 100); // what the server kept
        file.close();
        assertThat(fixture.client.stat("f").size()).isEqualTo(100);
        assertThat(fixture.client.read("f")).isEqualTo(Fixture.bytes(100, 1));
    }

    private long forcedBy(Client.Open closed) throws Exception {
        long before = fixture.upstream.faults().count(Operation.FORCED_STATUS);
        closed.end();
        return fixture.upstream.faults().count(Operation.FORCED_STATUS) - before;
    }

    private void setTimes(Client.Open file) throws Exception {
        Timestamp then = new Timestamp(1_000_000_000, 0);
        fixture.client.set(file.node, new SetAttributes(null, null, null, null, then, then, file.opened.handle()));
    }

    @Test
    void overwrittenPart_isReadBack_andTheRestIsFetchedAnew() throws Exception {
        byte[] content = Fixture.bytes(4 * BLOCK, 1);
        fixture.oldFile("f", content);
        assertThat(fixture.client.read("f")).isEqualTo(content);
        fixture.drain();
        byte[] piece = Fixture.bytes(BLOCK, 9);
        Client.Open file = fixture.client.openToWrite("f", OpenFlags.O_WRONLY);
        file.write(BLOCK, piece);
        fixture.side.write("f", 3L * BLOCK + 5, new byte[] {1, 2, 3}); // a foreign change of another block
        file.end();
        System.arraycopy(piece, 0, content, BLOCK, BLOCK);
        System.arraycopy(new byte[] {1, 2, 3}, 0, content, 3 * BLOCK + 5, 3);
        assertThat(fixture.client.read("f")).isEqualTo(content);
    }

    @Test
    void reads_duringWrites_seeThem() throws Exception {
        byte[] content = Fixture.bytes(2 * BLOCK, 1);
        fixture.oldFile("f", content);
        Client.Open file = fixture.client.openToWrite("f", OpenFlags.O_RDWR);
        try (Client.Open reader = fixture.client.open("f")) {
            Random random = new Random(1);
            for (int round = 0; round < 200; round++) {
                byte[] piece = new byte[1 + random.nextInt(20_000)];
                random.nextBytes(piece);
                int at = random.nextInt(content.length - piece.length);
                file.write(at, piece);
                System.arraycopy(piece, 0, content, at, piece.length);
                int from = random.nextInt(content.length - 5000);
                byte[] expected = Arrays.copyOfRange(content, from, from + 5000);
                assertThat(Arrays.mismatch(reader.read(from, 5000), expected)).isEqualTo(-1);
            }
        }
        file.end();
        assertThat(fixture.client.read("f")).isEqualTo(content);
        assertThat(fixture.side.content("f")).isEqualTo(content);
    }

    @Test
    void appends_goToUpstreamsEnd() throws Exception {
        fixture.oldFile("f", "one".getBytes());
        Client.Open file = fixture.client.openToWrite("f", OpenFlags.O_WRONLY | OpenFlags.O_APPEND);
        fixture.side.write("f", 3, "+two".getBytes()); // the kernel does not know
        file.write(3, "+three".getBytes());
        file.end();
        assertThat(fixture.side.content("f")).isEqualTo("one+two+three".getBytes());
        assertThat(fixture.client.read("f")).isEqualTo("one+two+three".getBytes());
    }

    @Test
    void whatAppends_isToldByTheWrite_notByTheOpen() throws Exception {
        fixture.oldFile("f", "one".getBytes());
        OpenFlags appending = new OpenFlags(OpenFlags.O_WRONLY | OpenFlags.O_APPEND);
        OpenFlags not = new OpenFlags(OpenFlags.O_WRONLY);
        Client.Open cleared = fixture.client.openToWrite("f", appending.bits());
        assertThat(Client.get(cleared.beginWrite(0, "O".getBytes(), not).value)).isOne();
        cleared.end();
        Client.Open set = fixture.client.openToWrite("f", not.bits());
        fixture.side.write("f", 3, "+two".getBytes()); // the kernel does not know
        assertThat(Client.get(set.beginWrite(3, "+3".getBytes(), appending).value))
                .isEqualTo(2);
        set.end();
        assertThat(fixture.side.content("f")).isEqualTo("One+two+3".getBytes());
        assertThat(fixture.client.read("f")).isEqualTo("One+two+3".getBytes());
    }

    @Test
    void truncation_isSeen_byHandleAndByName() throws Exception {
        byte[] content = Fixture.bytes(BLOCK, 1);
        fixture.oldFile("f", content);
        assertThat(fixture.client.read("f")).isEqualTo(content);
        Client.Open file = fixture.client.openToWrite("f", OpenFlags.O_RDWR);
        assertThat(file.truncate(1000).size()).isEqualTo(1000);
        assertThat(file.read(0, 2000)).isEqualTo(Arrays.copyOf(content, 1000));
        assertThat(file.truncate(5000).size()).isEqualTo(5000);
        assertThat(file.read(0, 5000)).isEqualTo(Arrays.copyOf(Arrays.copyOf(content, 1000), 5000));
        file.end();
        long node = fixture.client.walk("f").node();
        assertThat(fixture.client
                        .set(node, new SetAttributes(null, null, null, 10L, null, null, null))
                        .size())
                .isEqualTo(10);
        assertThat(fixture.client.read("f")).isEqualTo(Arrays.copyOf(content, 10));
    }

    @Test
    void punchedHole_readsAsZeros() throws Exception {
        byte[] content = Fixture.bytes(BLOCK, 1);
        fixture.oldFile("f", content);
        assertThat(fixture.client.read("f")).isEqualTo(content);
        Client.Open file = fixture.client.openToWrite("f", OpenFlags.O_RDWR);
        file.allocate(3, 100, 5000);
        Arrays.fill(content, 100, 5100, (byte) 0);
        assertThat(file.read(0, 10_000)).isEqualTo(Arrays.copyOf(content, 10_000));
        file.end();
        assertThat(fixture.client.read("f")).isEqualTo(content);
    }

    @Test
    void failedWrite_isToldToTheWriter_andWhatUpstreamHasIsRead() throws Exception {
        fixture.oldFile("f", Fixture.bytes(BLOCK, 1));
        Client.Open file = fixture.client.openToWrite("f", OpenFlags.O_RDWR);
        file.write(0, Fixture.bytes(100, 2));
        fixture.upstream.faults().fail(Operation.WRITE, 1, Errno.ENOSPC);
        assertThat(errnoOf(() -> file.write(100, Fixture.bytes(100, 3)))).isEqualTo(Errno.ENOSPC);
        fixture.side.write("f", 0, Fixture.bytes(10, 4));
        file.end();
        assertThat(fixture.client.read("f")).isEqualTo(fixture.side.content("f"));
    }

    @Test
    void errorsOfFsyncAndClose_reachTheirCaller_andNothingWrittenIsTrusted() throws Exception {
        fixture.oldFile("f", Fixture.bytes(BLOCK, 1));
        for (Operation operation : List.of(Operation.SYNC, Operation.FLUSH)) {
            Client.Open file = fixture.client.openToWrite("f", OpenFlags.O_RDWR);
            file.write(0, Fixture.bytes(BLOCK, 2));
            fixture.upstream.faults().fail(operation, 1, Errno.EDQUOT);
            assertThat(errnoOf(operation == Operation.SYNC ? file::sync : file::flush))
                    .isEqualTo(Errno.EDQUOT);
            fixture.side.write("f", 0, Fixture.bytes(BLOCK, 5)); // what the server made of it
            file.end();
            assertThat(fixture.client.read("f")).isEqualTo(fixture.side.content("f"));
        }
    }

    /** A write that hangs is never overtaken, and never sent twice. */
    @Test
    void writeThatHangs_landsBeforeTheNextOne() throws Exception {
        fixture.oldFile("f", new byte[100]);
        Client.Open one = fixture.client.openToWrite("f", OpenFlags.O_RDWR);
        Client.Open other = fixture.client.openToWrite("f", OpenFlags.O_RDWR);
        for (int round = 0; round < 20; round++) {
            fixture.upstream.faults().hang(Operation.WRITE);
            long sent = fixture.upstream.faults().count(Operation.WRITE);
            Client.Answered<Integer> first = one.beginWrite(0, new byte[] {1, 1, 1});
            Awaitility.await().until(() -> fixture.upstream.faults().hung() == 1);
            first.interrupt.run(); // its caller is killed
            Client.Answered<Integer> second = other.beginWrite(0, new byte[] {2, 2, 2});
            assertThat(first.value).isNotDone();
            assertThat(second.value).isNotDone();
            fixture.upstream.faults().release();
            assertThat(Client.get(second.value)).isEqualTo(3);
            assertThat(Client.get(first.value)).isEqualTo(3);
            assertThat(Arrays.copyOf(fixture.side.content("f"), 3)).isEqualTo(new byte[] {2, 2, 2});
            assertThat(fixture.upstream.faults().count(Operation.WRITE)).isEqualTo(sent + 2);
        }
        one.end();
        other.end();
        assertThat(Arrays.copyOf(fixture.client.read("f"), 3)).isEqualTo(new byte[] {2, 2, 2});
    }

    /** Whoever waits behind a write that hangs can be stopped: what he wrote is never sent then. */
    @Test
    void writeInterruptedBeforeItWasSent_isNeverSent() throws Exception {
        fixture.oldFile("f", new byte[100]);
        Client.Open one = fixture.client.openToWrite("f", OpenFlags.O_RDWR);
        Client.Open other = fixture.client.openToWrite("f", OpenFlags.O_RDWR);
        fixture.upstream.faults().hang(Operation.WRITE);
        Client.Answered<Integer> first = one.beginWrite(0, new byte[] {1, 1, 1});
        Awaitility.await().until(() -> fixture.upstream.faults().hung() == 1);
        Client.Answered<Integer> second = other.beginWrite(0, new byte[] {2, 2, 2});
        second.interrupt.run();
        assertThat(Client.errnoOf(second.value)).isEqualTo(Errno.EINTR);
        assertThat(first.value).isNotDone();
        fixture.upstream.faults().release();
        assertThat(Client.get(first.value)).isEqualTo(3);
        one.end();
        other.end();
        assertThat(Arrays.copyOf(fixture.side.content("f"), 3)).isEqualTo(new byte[] {1, 1, 1});
        assertThat(fixture.buffers.usedBytes()).isZero();
    }

    @Test
    void openThatTruncates_isAnsweredWhenTheFileIsEmpty() throws Exception {
        byte[] content = Fixture.bytes(BLOCK, 1);
        fixture.oldFile("f", content);
        assertThat(fixture.client.read("f")).isEqualTo(content);
        Client.Open file = fixture.client.openToWrite("f", OpenFlags.O_WRONLY | OpenFlags.O_TRUNC);
        assertThat(fixture.side.content("f")).isEmpty();
        file.write(0, new byte[] {5});
        file.end();
        assertThat(fixture.client.read("f")).isEqualTo(new byte[] {5});
        fixture.upstream.faults().fail(Operation.TRUNCATE, 1, Errno.EDQUOT);
        assertThat(errnoOf(() -> fixture.client.openToWrite("f", OpenFlags.O_RDWR | OpenFlags.O_TRUNC)))
                .isEqualTo(Errno.EDQUOT);
        assertThat(fixture.files.statistics().gauges().handles()).isZero();
    }

    @Test
    void allocationThatHangs_orFails_leavesWhatWasThereReadable() throws Exception {
        byte[] content = Fixture.bytes(BLOCK, 1);
        fixture.oldFile("f", content);
        Client.Open file = fixture.client.openToWrite("f", OpenFlags.O_RDWR);
        try (Client.Open reader = fixture.client.open("f")) {
            fixture.upstream.faults().hang(Operation.ALLOCATE);
            Client.Answered<Void> allocation = new Client.Answered<>();
            fixture.files.fallocate(Client.CALLER, file.node, file.opened.handle(), 0, 0, 4L * BLOCK, allocation);
            Awaitility.await().until(() -> fixture.upstream.faults().hung() == 1);
            assertThat(Arrays.mismatch(reader.read(0, BLOCK), content)).isEqualTo(-1);
            fixture.upstream.faults().release();
            Client.get(allocation.value);
            fixture.upstream.faults().fail(Operation.ALLOCATE, 1, Errno.EOPNOTSUPP);
            assertThat(errnoOf(() -> file.allocate(0, 0, 8L * BLOCK))).isEqualTo(Errno.EOPNOTSUPP);
            fixture.upstream.faults().fail(Operation.TRUNCATE, 1, Errno.EFBIG);
            assertThat(errnoOf(() -> file.truncate(100))).isEqualTo(Errno.EFBIG);
            assertThat(Arrays.mismatch(reader.read(0, BLOCK), content)).isEqualTo(-1);
            assertThat(reader.read(BLOCK, BLOCK)).hasSize(BLOCK).containsOnly(0);
        }
        file.end();
    }

    @Test
    void creation_ofAFileOthersMadeMeanwhile_truncatesIt() throws Exception {
        assertThat(errnoOf(() -> fixture.client.stat("f"))).isEqualTo(Errno.ENOENT);
        fixture.side.file("f", Fixture.bytes(BLOCK, 1));
        Client.Open file = fixture.client.create("f", OpenFlags.O_WRONLY | OpenFlags.O_TRUNC);
        file.write(0, "hi".getBytes());
        file.end();
        assertThat(fixture.side.content("f")).isEqualTo("hi".getBytes());
        assertThat(fixture.client.read("f")).isEqualTo("hi".getBytes());
    }

    /** What an open learnt before a write that was acknowledged since is not the size. */
    @Test
    void openAmidAnAppend_doesNotTakeTheSizeBack() throws Exception {
        byte[] content = Fixture.bytes(BLOCK, 1);
        fixture.oldFile("f", content);
        Client.Open file = fixture.client.openToWrite("f", OpenFlags.O_RDWR);
        file.write(BLOCK, new byte[] {1});
        fixture.upstream.faults().hang(Operation.OPEN_TO_WRITE);
        Client.Answered<Opened> open = new Client.Answered<>();
        fixture.files.open(Client.CALLER, file.node, new OpenFlags(OpenFlags.O_RDWR), open);
        Awaitility.await().until(() -> fixture.upstream.faults().hung() == 1);
        file.write(BLOCK + 1, new byte[] {2, 3});
        fixture.upstream.faults().release();
        Opened opened = Client.get(open.value);
        assertThat(file.read(BLOCK, 10)).isEqualTo(new byte[] {1, 2, 3});
        Client.<Void>ask(
                reply -> fixture.files.release(file.node, opened.handle(), new OpenFlags(OpenFlags.O_RDWR), 0, reply));
        file.end();
    }

    @Test
    void openDuringASession_seesForeignChanges() throws Exception {
        byte[] content = Fixture.bytes(BLOCK, 1);
        fixture.oldFile("f", content);
        Client.Open file = fixture.client.openToWrite("f", OpenFlags.O_RDWR);
        byte[] ours = Fixture.bytes(BLOCK, 2);
        file.write(0, ours);
        fixture.drain();
        fixture.side.write("f", 500, new byte[] {7, 7, 7}); // same size, same tick
        System.arraycopy(new byte[] {7, 7, 7}, 0, ours, 500, 3);
        assertThat(fixture.client.read("f")).isEqualTo(ours);
        file.end();
        assertThat(fixture.client.read("f")).isEqualTo(ours);
    }

    @Test
    void manyFiles_leaveNothingBehind() throws Exception {
        List<byte[]> contents = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            contents.add(Fixture.bytes(1 + i * 97, i));
            Client.Open file = fixture.client.create("f" + i, OpenFlags.O_WRONLY);
            file.write(0, contents.get(i));
            file.end();
            if (i % 8 == 0) {
                fixture.drain(); // without a spare buffer what is written is not cached
            }
        }
        fixture.drain();
        fixture.clock.pass(Duration.ofHours(1));
        for (int i = 0; i < 300; i++) {
            assertThat(fixture.client.read("f" + i)).isEqualTo(contents.get(i));
        }
        assertThat(fixture.upstreamBytes()).isZero();
        fixture.drain();
        assertThat(fixture.buffers.usedBytes()).isZero();
        assertThat(fixture.files.statistics().gauges().handles()).isZero();
    }

    @Test
    void withoutABuffer_whatIsWrittenIsNotCached_andCounted() throws Exception {
        byte[] content = Fixture.bytes(2 * BLOCK, 1);
        List<BufferPool.Lease> taken = new ArrayList<>();
        for (BufferPool.Lease one = spare(); one != null; one = spare()) {
            taken.add(one);
        }
        Client.Open file = fixture.client.create("f", OpenFlags.O_WRONLY);
        file.write(0, content);
        taken.forEach(BufferPool.Lease::close);
        file.end();
        assertThat(fixture.side.content("f")).isEqualTo(content);
        assertThat(fixture.client.read("f")).isEqualTo(content);
        assertThat(fixture.files.statistics().bypassed().reasons()).containsEntry("no-buffer", (long) content.length);
        assertThat(fixture.upstreamBytes()).isEqualTo(content.length);
    }

    private BufferPool.Lease spare() {
        return fixture.buffers.leaseSpare(BLOCK);
    }

    @Test
    void create_ofAFileThatIsThere_opensIt_unlessExclusive() throws Exception {
        fixture.oldFile("f", "there".getBytes());
        assertThat(errnoOf(() -> fixture.client.create("f", OpenFlags.O_RDWR | OpenFlags.O_EXCL)))
                .isEqualTo(Errno.EEXIST);
        Client.Open file = fixture.client.create("f", OpenFlags.O_RDWR);
        assertThat(file.read(0, 10)).isEqualTo("there".getBytes());
        file.end();
    }

    private static Errno errnoOf(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        ErrnoException failure = catchThrowableOfType(ErrnoException.class, call);
        assertThat(failure).isNotNull();
        return failure.errno();
    }
}
